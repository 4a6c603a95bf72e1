import type { UpStatus, WatchedMonitor } from '@tidegate/core';
import { type Evidence, type MonitorCheck, shape } from '@tidegate/formats';
import { measured, moment, whole } from '../render/figures.ts';
import { counted } from '../render/words.ts';
import { badge, verdictTone } from '../report/badge.ts';
import { type Html, html } from '../report/html.ts';
import { driftPlot, qualityPlot } from '../report/monitor-section.ts';
import { type Interval, intervalPlot } from '../report/forest.ts';
import { legend, sharePlot } from '../report/plots.ts';

/** Columns whose distributions are drawn. */
const drawnColumns = 3;

/** Every monitor with its last verdict, and below it how it came about: quality and drift over time, distributions of the worst columns. */
export function monitorsPart({ monitors }: UpStatus, watched: readonly WatchedMonitor[]): Html {
  if (monitors.length === 0)
    return html`<h2>Monitors</h2><p class="soft">The project has none: add them under <code>monitors:</code> in tidegate.yaml.</p>`;
  return html`<h2>Monitors</h2>${monitors.map((status) =>
    monitorPart(
      status,
      watched.find(({ monitor }) => monitor === status.monitor),
    ),
  )}`;
}

function monitorPart(
  { monitor, environment, last, lastRetraining }: UpStatus['monitors'][number],
  watched: WatchedMonitor | undefined,
): Html {
  if (last === null) return html`<div class="monitor"><h3>${monitor} in ${environment}</h3><p class="soft">Not looked at yet.</p></div>`;
  const checks = watched?.history.checks ?? [];
  const rows = last.parts.map(
    ({ part, verdict, reason, window }) =>
      html`<tr><td>${part}</td><td>${badge(verdict)}</td><td class="number">${window === null ? '' : whole(window.rows)}</td><td class="words">${reason}</td></tr>`,
  );
  return html`<div class="monitor"><h3>${monitor} in ${environment} ${badge(last.verdict)}</h3>
<p class="soft">Looked at ${moment(last.at)}. ${trainingWords(last)}${lastRetraining === null ? '' : html`The last training it started is <code>${lastRetraining.run}</code>, of ${moment(lastRetraining.at)}.`}</p>
<table><tr><th scope="col">Part</th><th scope="col">Verdict</th><th scope="col" class="number">Predictions</th><th scope="col">Why</th></tr>${rows}</table>
${qualityPlot(checks)}${driftOverTime(checks)}
<details id="drift-${monitor}"><summary>Drift by column, and distributions</summary>${driftPlot(checks)}${distributions(checks)}</details></div>`;
}

function trainingWords({ retrain }: Pick<MonitorCheck, 'retrain'>): string {
  if (retrain.wanted) return `It wants a retraining: ${retrain.reasons.join('; ')}. `;
  return retrain.heldBackBy === null ? '' : `A retraining is held back: ${retrain.heldBackBy}. `;
}

const number = shape.required(shape.number());
const bin = shape.object({ name: shape.required(shape.text()), reference: number, current: number }, { open: true });
const drift = shape.object(
  {
    column: shape.required(shape.text()),
    distance: number,
    low: number,
    high: number,
    floor: number,
    usual: shape.optional(shape.number()),
    rows: number,
    adjustedPValue: number,
    bins: shape.required(shape.list(bin)),
  },
  { open: true },
);

type ColumnLook = shape.TypeOf<typeof drift> & { readonly verdict: Evidence['verdict'] };

/** The columns that a look judged, furthest from the reference first. */
function columnsOf({ evidence }: MonitorCheck): readonly ColumnLook[] {
  return evidence
    .flatMap((one) => {
      const parsed = one.kind === 'drift' ? shape.parse(drift, one.details) : null;
      return parsed?.ok === true ? [{ ...parsed.value, verdict: one.verdict }] : [];
    })
    .toSorted((a, b) => beyond(b) - beyond(a));
}

/** What is more than windows of the training set differ by among themselves. */
function beyond({ distance, usual = 0 }: Pick<ColumnLook, 'distance' | 'usual'>): number {
  return Math.max(0, distance - usual);
}

/** Of each look the column that is furthest from the reference. */
function driftOverTime(checks: readonly MonitorCheck[]): Html | null {
  const looks = checks.toReversed().flatMap((check) =>
    columnsOf(check)
      .slice(0, 1)
      .map((worst) => ({ at: check.at, worst })),
  );
  const floor = looks.at(-1)?.worst.floor;
  if (floor === undefined) return null;
  const intervals = looks.map(({ at, worst }): Interval => ({
    name: moment(at).replace(' UTC', ''),
    value: beyond(worst),
    low: beyond({ ...worst, distance: worst.low }),
    high: beyond({ ...worst, distance: worst.high }),
    tone: verdictTone[worst.verdict],
    note: `${worst.column}: ${worst.verdict}, p ${worst.adjustedPValue < 0.0001 ? 'below 0.0001' : measured(worst.adjustedPValue)}, ${counted(worst.rows, 'row')}`,
  }));
  return html`<h3>Drift of the worst column, look by look</h3>${intervalPlot(intervals, { axis: 'total variation distance beyond what is usual, with its interval', guides: [{ at: floor, name: `matters from ${measured(floor)}` }] })}`;
}

function distributions(checks: readonly MonitorCheck[]): Html | null {
  const columns = checks.map(columnsOf).find((found) => found.length > 0) ?? [];
  if (columns.length === 0) return null;
  const names = ['reference', 'now'] as const;
  return html`<p>${legend([
    { tone: 'champion', name: 'reference' },
    { tone: 'candidate', name: 'now' },
  ])}</p><div class="plots">${columns.slice(0, drawnColumns).map(({ column, bins }) =>
    sharePlot(
      bins.map(({ name, reference, current }) => ({ name, shares: [reference, current] as const })),
      { title: column, names },
    ),
  )}</div>`;
}
