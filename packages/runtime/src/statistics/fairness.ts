import type { MetricName } from '@tidegate/formats';
import type { Difference, DifferenceOptions, Estimate } from './estimate.ts';
import type { MeasureOptions } from './measure-metric.ts';
import { metricFormula } from './metric-formula.ts';
import { resampledDifference, resampledEstimate } from './resampling.ts';
import { rowCount, type Sample } from './sample.ts';
import { resampledSums, type ResampledMetric, type Sums, sumsOf } from './units.ts';
import { once } from './weights.ts';

/**
 * How far groups lie apart, after Fairlearn: `demographic_parity` by the share decided positive, `equal_opportunity` by the share of positive
 * rows that are, `equalised_odds` by that or the share of negative rows that are, whichever is worse. Or by any metric that is made of sums.
 */
export type GapMeasure = 'demographic_parity' | 'equal_opportunity' | 'equalised_odds' | MetricName;

/** Rows by group: an index from 0, or -1 for a row of none. */
export interface Groups {
  readonly of: Int32Array;
  readonly count: number;
}

/** The largest difference between two groups, with an interval; null when a group cannot show it. */
export function gapEstimate(measure: GapMeasure, sample: Sample, options: MeasureOptions & { readonly groups: Groups }): Estimate | null {
  const gap = resampledGap(measure, sample, options.groups);
  if (gap === null || !Number.isFinite(gap.statistic(once(gap.units)))) return null;
  return resampledEstimate(gap, options.confidence, options);
}

/** How much smaller the candidate's gap is than the champion's, on the same rows; null when a group cannot show it. */
export function gapDifference(
  measure: GapMeasure,
  { candidate, champion }: { readonly candidate: Sample; readonly champion: Sample },
  options: DifferenceOptions & MeasureOptions & { readonly groups: Groups },
): Difference | null {
  const [own, theirs] = [resampledGap(measure, candidate, options.groups), resampledGap(measure, champion, options.groups)];
  if (own === null || theirs === null || !Number.isFinite(own.statistic(once(own.units)) - theirs.statistic(once(own.units)))) return null;
  return resampledDifference(theirs, own, options);
}

/** What each group has, in the order of the groups. */
export function groupValues(measure: GapMeasure, sample: Sample, groups: Groups): readonly (readonly number[])[] {
  const parts = partsOf(measure, sample);
  if (parts === null) return [];
  return Array.from({ length: groups.count }, (_, group) =>
    parts.map(({ columns, of }) =>
      of(
        columns.map((column) =>
          column.reduce((sum, value, row) => (groups.of[row] === group ? sum + value * (sample.weights?.[row] ?? 1) : sum), 0),
        ),
      ),
    ),
  );
}

function resampledGap(measure: GapMeasure, sample: Sample, groups: Groups): ResampledMetric | null {
  const parts = partsOf(measure, sample);
  if (parts === null || groups.count < 2) return null;
  // for each part, each group's columns side by side
  const columns = parts.flatMap((part) =>
    Array.from({ length: groups.count }, (_, group) =>
      part.columns.map((column) => column.map((value, row) => (groups.of[row] === group ? value : 0))),
    ).flat(),
  );
  const of = (sums: readonly number[]): number => {
    let at = 0;
    return Math.max(
      ...parts.map((part) => {
        const values = Array.from({ length: groups.count }, () => {
          const own = sums.slice(at, at + part.columns.length);
          at += part.columns.length;
          return part.of(own);
        });
        return Math.max(...values) - Math.min(...values);
      }),
    );
  };
  return resampledSums({ columns, of }, sample);
}

/** The rates whose gaps count, each as a function of sums over rows; null for a metric that is an area. */
function partsOf(measure: GapMeasure, sample: Sample): readonly Sums[] | null {
  const share = (among: Float64Array): Sums => ({
    columns: [among.map((counts, row) => counts * Number((sample.prediction[row] ?? 0) > 0.5)), among],
    of: ([chosen = 0, all = 0]) => chosen / all,
  });
  switch (measure) {
    case 'demographic_parity':
      return [share(new Float64Array(rowCount(sample)).fill(1))];
    case 'equal_opportunity':
      return [share(sample.truth)];
    case 'equalised_odds':
      return [share(sample.truth), share(sample.truth.map((value) => 1 - value))];
    default: {
      const sums = (sample.labels ?? 1) === 1 ? sumsOf(metricFormula(measure, sample)) : null;
      return sums && [sums];
    }
  }
}
