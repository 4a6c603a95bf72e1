import type { Evaluation, Evidence } from '@tidegate/formats';
import { measured, whole } from '../../render/figures.ts';
import { detailsShapes, readDetails } from '../../model-evidence/details.ts';
import { sliceOf } from '../../model-evidence/model-evidence.ts';
import { verdictTone } from '../badge.ts';
import { dataTable } from '../data-table.ts';
import { intervalPlot } from '../forest.ts';
import { type Html, html } from '../html.ts';
import { marginGuides } from './metric-part.ts';

/** Slices that the evaluation names: against the champion, or without one by themselves beside all rows. */
export function slicePart({ sliceComparisons, slices, metrics }: Evaluation): Html | null {
  const [first] = sliceComparisons;
  if (first !== undefined)
    return intervalPlot(
      sliceComparisons.map((one) => ({
        name: `${one.column} = ${one.value}`,
        value: one.difference,
        low: one.low,
        high: one.high,
        tone: verdictTone[one.verdict],
        note: `${one.verdict}: ${measured(one.candidate)}, champion ${measured(one.champion)}, ${whole(one.rows)} rows`,
      })),
      { axis: `difference in ${first.metric}: candidate − champion, with its interval`, guides: marginGuides(first.margin) },
    );
  const primary = slices.flatMap((slice) => slice.metrics.slice(0, 1).map((metric) => ({ slice, metric })));
  const [one] = primary;
  if (one === undefined) return null;
  const overall = metrics.find(({ name }) => name === one.metric.name);
  return intervalPlot(
    primary.map(({ slice, metric }) => ({
      name: `${slice.column} = ${slice.value}`,
      value: metric.value,
      low: metric.low ?? metric.value,
      high: metric.high ?? metric.value,
      tone: 'candidate',
      note: `${measured(metric.value)}, ${whole(slice.rows)} rows`,
    })),
    { axis: `${one.metric.name} with its interval`, guides: overall === undefined ? [] : [{ at: overall.value, name: 'all rows' }] },
  );
}

/** Slices that nobody named; what was looked for and not found is told too. */
export function discoveredPart(evidence: readonly Evidence[]): Html | null {
  if (evidence.length === 0) return null;
  const found = evidence.flatMap((one) => {
    const details = readDetails(detailsShapes.discovered, one);
    return details === null ? [] : [{ slice: sliceOf(one), ...details }];
  });
  if (found.length === 0) return html`${evidence.map(({ reason }) => html`<p>${reason}.</p>`)}`;
  const against = found[0]?.against === 'champion' ? 'higher loss than the champion' : 'loss there';
  const table = dataTable(
    'Discovered slices',
    [
      { name: 'Where', kind: 'words' },
      { name: 'Rows', kind: 'number' },
      { name: against, kind: 'number' },
      ...(found[0]?.against === 'champion' ? [] : [{ name: 'elsewhere', kind: 'number' as const }]),
      { name: 'Effect (sd)', kind: 'number' },
      { name: 'p, adjusted', kind: 'number' },
    ],
    found.map(({ slice, rows, mean, other, effect, adjusted, against: beside }) => [
      slice,
      whole(rows),
      measured(mean),
      ...(beside === 'champion' ? [] : [measured(other)]),
      measured(effect),
      adjusted < 0.0001 ? '< 0.0001' : measured(adjusted),
    ]),
  );
  return html`${table}<p class="soft">Found by a tree in half of the rows and tested in the other half, over ${whole(found[0]?.tested ?? 0)} slices after Benjamini and Hochberg. They warn and stop nothing.</p>`;
}
