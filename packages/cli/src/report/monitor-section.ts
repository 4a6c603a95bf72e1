import { type Evidence, type MonitorCheck, shape } from '@tidegate/formats';
import type { MonitorHistory } from '@tidegate/core';
import { measured, moment, whole } from '../render/figures.ts';
import { counted, shortName } from '../render/words.ts';
import { badge, verdictTone } from './badge.ts';
import { dataTable } from './data-table.ts';
import { type Html, html } from './html.ts';
import { type Interval, intervalPlot } from './forest.ts';

/** What a monitor found over time: quality look by look, drift of each column at the last look that judged it, and every look in words. */
export function monitorSection(monitor: string, { checks, retrainings }: MonitorHistory): Html | null {
  const [last] = checks;
  if (last === undefined) return null;
  return html`<section class="act" id="monitor-${monitor}"><h2>Monitor ${monitor} in ${last.environment}</h2>
<p class="summary ${last.verdict}">${counted(checks.length, 'look')}, the last one at ${moment(last.at)}: ${badge(last.verdict)} ${retrainings.length === 0 ? 'No training was started by it.' : `It has started ${counted(retrainings.length, 'training')}.`}</p>
${qualityPlot(checks)}
${driftPlot(checks)}
<details open><summary>Every look, newest first</summary>${dataTable(
    'Looks',
    [
      { name: 'Moment asked about' },
      { name: 'Release' },
      { name: 'Verdict' },
      { name: 'Predictions', kind: 'number' },
      { name: 'What it found', kind: 'words' },
      { name: 'Training' },
    ],
    checks.map(checkRow),
  )}</details></section>`;
}

function checkRow(check: MonitorCheck): readonly (Html | string)[] {
  const rows = Math.max(0, ...check.parts.map(({ window }) => window?.rows ?? 0));
  const parts = check.parts.map((part) => html`<div><b>${part.part}</b> ${badge(part.verdict)} ${part.reason}</div>`);
  return [
    moment(check.at),
    html`<code>${shortName(check.release)}</code>`,
    badge(check.verdict),
    whole(rows),
    html`${parts}`,
    trainingWords(check),
  ];
}

function trainingWords({ retrain }: MonitorCheck): string {
  if (retrain.reasons.length === 0) return '';
  return retrain.heldBackBy === null ? 'asked for' : `held back: ${retrain.heldBackBy}`;
}

const number = shape.required(shape.number());
const bound = shape.optional(shape.number()); // null where a metric has no interval
const metric = shape.object({ value: number, low: bound, high: bound }, { open: true });
const quality = shape.object(
  { metric: shape.required(shape.text()), current: shape.required(metric), atGate: shape.required(metric), margin: number },
  { open: true },
);
const drift = shape.object(
  {
    column: shape.required(shape.text()),
    distance: number,
    low: number,
    high: number,
    floor: number,
    usual: shape.optional(shape.number()),
    rows: number,
  },
  { open: true },
);

/** The metric of what was answered, look by look; null when none could measure it. */
export function qualityPlot(checks: readonly MonitorCheck[]): Html | null {
  const measuredOnes = checks
    .toReversed()
    .flatMap((check) => detailsOf(check, 'quality', quality).map(({ details, verdict }) => ({ at: check.at, details, verdict })));
  const newest = measuredOnes.at(-1)?.details;
  if (newest === undefined) return null;
  const intervals = measuredOnes.map(({ at, details: { current }, verdict }): Interval => ({
    name: moment(at).slice(0, 10),
    value: current.value,
    low: current.low ?? current.value,
    high: current.high ?? current.value,
    tone: verdictTone[verdict],
    note: `${verdict}: ${measured(current.value)}`,
  }));
  const atGate = newest.atGate.value;
  return html`<h3>${newest.metric} of what was answered, look by look</h3>
${intervalPlot(intervals, {
  axis: `${newest.metric} with its interval, once labels were in`,
  guides: [
    { at: atGate, name: `at the gate ${measured(atGate)}` },
    { at: atGate - newest.margin, name: `margin ${measured(newest.margin)}` },
  ],
})}`;
}

/** How far each column is from the reference, at the last look that judged any; null when none did. */
export function driftPlot(checks: readonly MonitorCheck[]): Html | null {
  for (const check of checks) {
    const columns = detailsOf(check, 'drift', drift);
    const floor = columns[0]?.details.floor;
    if (floor === undefined) continue;
    const intervals = columns
      .map(({ details: { usual = 0, ...details }, verdict }): Interval => ({
        name: details.column,
        value: Math.max(0, details.distance - usual),
        low: Math.max(0, details.low - usual),
        high: Math.max(0, details.high - usual),
        tone: verdictTone[verdict],
        note: `${verdict}, ${whole(details.rows)} rows${usual === 0 ? '' : `, ${measured(usual)} is usual`}`,
      }))
      .toSorted((a, b) => b.value - a.value);
    return html`<h3>How far each column is from the training set, at ${moment(check.at)}</h3>
${intervalPlot(intervals, { axis: 'total variation distance beyond what is usual, with its interval', guides: [{ at: floor, name: `matters from ${measured(floor)}` }] })}
<p class="soft">0 says that the shares of values are the same; 0.1 that a tenth of the rows would have to be others. A column fails when the whole interval lies right of the line.</p>`;
  }
  return null;
}

/** Details of one kind of evidence that have the shape; what could not be measured has none. */
function detailsOf<T>(
  check: MonitorCheck,
  kind: Evidence['kind'],
  form: shape.Shape<T>,
): readonly { readonly details: T; readonly verdict: Evidence['verdict'] }[] {
  return check.evidence.flatMap((one) => {
    if (one.kind !== kind) return [];
    const parsed = shape.parse(form, one.details);
    return parsed.ok ? [{ details: parsed.value, verdict: one.verdict }] : [];
  });
}
