import type { DataDrift, DriftedColumn } from '@tidegate/formats';
import { beyondSentences } from '../render/beyond-columns-view.ts';
import { measureWords, sampleWords, sinceWords } from '../render/drift-view.ts';
import { measured, moment } from '../render/figures.ts';
import { badge, verdictTone } from './badge.ts';
import { type Html, html, raw } from './html.ts';
import { type Interval, intervalPlot } from './forest.ts';
import { legend, overlaidHistogram, sharePlot } from './plots.ts';
import { styleSheet } from './style.ts';

export interface DriftPageOptions {
  readonly project: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly version: string;
}

/** What drift was found as one HTML file: no script, nothing loaded from elsewhere. */
export function driftPage(drift: DataDrift, { project, madeAt, version }: DriftPageOptions): string {
  const { dataset, before, after, verdict, reason, seasons, columns, leftOut } = drift;
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${project}: drift of data.${dataset}</title><style>${raw(styleSheet)}</style></head><body><main>
<h1>Drift of data.${dataset}</h1><p class="soft">${project}, written ${moment(madeAt)} by Tidegate ${version}</p>
<p class="summary ${verdict}">${badge(verdict)} ${reason}</p>
<p>Now: ${sampleWords(after)}<br>Reference: ${sampleWords(before)}</p>
${seasons.map((sentence) => html`<p class="soft">${sentence}</p>`)}
${overview(drift)}
${groups.map(([name, verdicts, isOpen]) =>
  group(
    name,
    columns.filter((one) => verdicts.includes(one.verdict)),
    isOpen,
  ),
)}
${beyondPart(drift)}
${leftOut.length === 0 ? null : html`<details><summary>Not compared: ${leftOut.length}</summary><table><tr><th>Column</th><th>Why</th></tr>${leftOut.map((one) => html`<tr><td class="words">${one.column}</td><td class="words">${one.reason}</td></tr>`)}</table></details>`}
<p class="soft">A column fails when the difference is no chance (${measured(drift.settings.falseAlarms * 100)} % is the chance of any false alarm, all ${drift.settings.tested} tests together) and is proven to be larger than what matters (${measured(drift.settings.floor)} of the rows, beyond what is usual). Too few rows to tell are inconclusive, and no pass. The measures under each plot decide nothing.</p>
</main></body></html>`;
  return page.markup;
}

const groups: readonly (readonly [string, readonly DriftedColumn['verdict'][], boolean])[] = [
  ['Moved', ['fail', 'invalid'], true],
  ['Cannot be judged', ['inconclusive'], true],
  ['As they were', ['pass'], false],
];

/** What columns do together, and where they moved. */
function beyondPart(drift: DataDrift): Html | null {
  const sentences = beyondSentences(drift);
  if (sentences.length === 0) return null;
  const rows = sentences.map(
    ({ verdict, text }) => html`<tr><td>${verdict === null ? null : badge(verdict)}</td><td class="words">${text}</td></tr>`,
  );
  return html`<h2>Beyond single columns</h2><table><tr><th>Verdict</th><th>What was found</th></tr>${rows}</table>`;
}

function overview({ columns, settings: { floor } }: DataDrift): Html | null {
  const intervals = columns.flatMap(({ column, view, drift, verdict }): readonly Interval[] => {
    if (drift === null) return [];
    const beyond = (value: number): number => Math.max(0, value - (drift.usual ?? 0));
    const name = view === 'values' ? column : `${column}, ${view}`;
    const note = drift.usual === null ? verdict : `${verdict}, ${measured(drift.usual)} is usual`;
    return [
      {
        name: cut(name),
        value: beyond(drift.distance),
        low: beyond(drift.low),
        high: beyond(drift.high),
        tone: verdictTone[verdict],
        note,
      },
    ];
  });
  if (intervals.length === 0) return null;
  return html`<h2>How far each column moved</h2>${intervalPlot(intervals.slice(0, mostInOverview), { axis: 'share of rows that would have to be others, beyond what is usual, with its interval', guides: [{ at: floor, name: `matters from ${measured(floor)}` }] })}
${intervals.length > mostInOverview ? html`<p class="soft">${intervals.length - mostInOverview} more are below.</p>` : null}`;
}

const mostInOverview = 60;

function group(name: string, columns: readonly DriftedColumn[], isOpen: boolean): Html | null {
  if (columns.length === 0) return null;
  const inside = html`<div>${columns.map(columnPart)}</div>`;
  if (isOpen) return html`<h2>${name}: ${columns.length}</h2>${inside}`;
  return html`<details><summary>${name}: ${columns.length}</summary>${inside}</details>`;
}

function columnPart(column: DriftedColumn): Html {
  const { column: name, view, verdict, reason, drift, since, histogram } = column;
  const title = view === 'values' ? name : `${name} (${view})`;
  const bins = (drift?.bins ?? []).map((bin) => ({ name: bin.name, shares: [bin.reference, bin.current] as const }));
  const options = { title: cut(title), names: ['reference', 'now'] } as const;
  const plots = [
    ...(histogram === null ? [] : [overlaidHistogram(histogram, options)]),
    ...(bins.length === 0
      ? []
      : [sharePlot(bins, { ...options, title: histogram === null ? options.title : 'in the bins that are judged' })]),
  ];
  return html`<section class="act"><h3>${title} ${badge(verdict)}</h3><p>${reason}</p>
${since === null ? null : html`<p><b>${sinceWords(since)}</b></p>`}
${plots.length === 0 ? null : html`<div class="plots">${plots}</div><p>${legend(tones)}</p>`}
${column.measures === null ? null : html`<p class="soft">${measureWords(column)}</p>`}</section>`;
}

const tones = [
  { tone: 'champion', name: 'reference' },
  { tone: 'candidate', name: 'now' },
] as const;

function cut(text: string): string {
  return text.length > 26 ? `${text.slice(0, 25)}…` : text;
}
