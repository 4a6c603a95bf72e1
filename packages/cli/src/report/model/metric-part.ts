import type { Evaluation } from '@tidegate/formats';
import { measured } from '../../render/figures.ts';
import { verdictTone } from '../badge.ts';
import { dataTable } from '../data-table.ts';
import { intervalPlot } from '../forest.ts';
import { type Html, html } from '../html.ts';
import { tickText } from '../plot-frame.ts';
import { signed, signedInterval, withInterval } from './figures.ts';

/** Metrics with intervals, of the champion too. */
export function metricTable({ metrics, champion }: Evaluation): Html | null {
  const before = new Map((champion?.metrics ?? []).map((metric) => [metric.name, metric]));
  const confidence = Math.round((metrics[0]?.confidence ?? 0.95) * 100);
  return dataTable(
    'Metrics',
    [
      { name: 'Metric' },
      { name: `Candidate (${confidence} % interval)`, kind: 'number' },
      ...(champion === null ? [] : [{ name: 'Champion', kind: 'number' as const }]),
      { name: 'Better is' },
      { name: 'Method' },
    ],
    metrics.map((metric) => {
      const theirs = before.get(metric.name);
      return [
        metric.name,
        withInterval(metric),
        ...(champion === null ? [] : [theirs === undefined ? '' : withInterval(theirs)]),
        metric.higherIsBetter ? 'higher' : 'lower',
        metric.method,
      ];
    }),
  );
}

/** The candidate against the champion on the same rows. */
export function comparisonPart({ comparisons: list }: Evaluation): Html | null {
  const [first] = list;
  if (first === undefined) return null;
  return html`<h4>Candidate against champion, on the same rows</h4>
${intervalPlot(
  list.map((one) => ({
    name: one.metric,
    value: one.difference,
    low: one.low,
    high: one.high,
    tone: verdictTone[one.verdict],
    note: `${one.verdict}: ${signedInterval({ ...one, value: one.difference })}`,
  })),
  { axis: `difference in ${first.metric}: candidate − champion, with its interval`, guides: marginGuides(first.margin) },
)}<p class="soft">Right of 0 the candidate is better. It passes when the whole interval lies right of the margin. If not, it fails when the interval lies left of 0, and is inconclusive otherwise.</p>`;
}

/** Equal, and how much worse still counts as equal. */
export function marginGuides(margin: number): readonly { readonly at: number; readonly name: string }[] {
  return [
    { at: 0, name: 'equal' },
    { at: -margin, name: `margin −${tickText(margin)}` },
  ];
}

/** What a constant, a linear model and the last value do on the same rows, so that a model that beats nothing is seen. */
export function baselinePart({ baselines = [], metrics }: Evaluation): Html | null {
  if (baselines.length === 0) return null;
  const compared = baselines.flatMap(({ name, comparison }) => (comparison === null ? [] : [{ name, ...comparison }]));
  const plot =
    compared.length === 0
      ? null
      : intervalPlot(
          compared.map(({ name, difference, low, high }) => ({
            name: `against ${baselineWords(name)}`,
            value: difference,
            low,
            high,
            tone: low > 0 ? 'good' : high < 0 ? 'bad' : 'doubt',
            note: `${low > 0 ? 'better' : high < 0 ? 'worse' : 'not shown to be better'}: ${signed(difference)}`,
          })),
          { axis: `difference in ${compared[0]?.metric ?? ''}: model − baseline, with its interval`, guides: [{ at: 0, name: 'equal' }] },
        );
  const names = metrics.map(({ name }) => name);
  const table = dataTable(
    'Metrics of baselines',
    [{ name: 'Baseline' }, ...names.map((name) => ({ name, kind: 'number' as const }))],
    baselines.map(({ name, metrics: own }) => [
      baselineWords(name),
      ...names.map((metric) => {
        const found = own.find((one) => one.name === metric);
        return found === undefined ? '' : measured(found.value);
      }),
    ]),
  );
  return html`${plot}${table}`;
}

/** `a constant`, `a linear model` */
export function baselineWords(name: string): string {
  return { constant: 'a constant', linear: 'a linear model', 'last-value': 'the last value' }[name] ?? name;
}
