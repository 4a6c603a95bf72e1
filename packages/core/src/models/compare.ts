import type { Comparison, KnownMetric } from '@tidegate/formats';
import {
  compareMetric,
  type Difference,
  judgeNonInferiority,
  type MeasureOptions,
  metricValue,
  type Pair,
  rowCount,
} from '@tidegate/runtime';
import type { Margin } from '../config/index.ts';
import { count, figure, percent, rows, signed } from '../evidence/index.ts';

export interface CompareOptions extends MeasureOptions {
  readonly margin: Margin;
}

/** What two models did on the same rows, before it is judged. */
export interface Measured {
  readonly metric: KnownMetric;
  readonly rows: number;
  readonly champion: number;
  readonly candidate: number;
  /** In the metric's unit. */
  readonly margin: number;
  readonly difference: Difference;
}

/** Measures candidate and champion on the same rows; null when these rows cannot show it. */
export function measurePair(metric: KnownMetric, pair: Pair, options: CompareOptions): Measured | null {
  const champion = metricValue(metric.name, pair.champion);
  const candidate = metricValue(metric.name, pair.candidate);
  if (champion === null || candidate === null) return null;
  const margin = options.margin.kind === 'absolute' ? options.margin.value : options.margin.value * Math.abs(champion);
  const difference = compareMetric(metric, pair, { ...options, margin });
  return difference && { metric, rows: rowCount(pair.candidate), champion, candidate, margin, difference };
}

/** Judges by non-inferiority; a family of tests gives its adjusted p value. A share of nothing is no margin: that is invalid. */
export function judgePair(measured: Measured, options: { readonly confidence: number; readonly pWorse?: number }): Comparison {
  const { metric, margin, difference } = measured;
  const { verdict, rowsNeeded } = judgeNonInferiority(difference, { ...options, margin, rows: measured.rows });
  return {
    metric: metric.name,
    rows: measured.rows,
    champion: measured.champion,
    candidate: measured.candidate,
    difference: difference.value,
    low: difference.low,
    high: difference.high,
    confidence: options.confidence,
    margin,
    pValue: difference.pInferior,
    pWorse: difference.pWorse,
    method: difference.method,
    verdict: isShareOfNothing(measured) ? 'invalid' : verdict,
    rowsNeeded: isShareOfNothing(measured) ? null : rowsNeeded,
  };
}

function isShareOfNothing({ margin, champion }: Pick<Comparison, 'margin' | 'champion'>): boolean {
  return margin === 0 && champion === 0;
}

/** The comparison as one sentence with its numbers. */
export function reasonOf(comparison: Comparison): string {
  const { metric, candidate, champion, difference } = comparison;
  return `${metric} is ${figure(candidate)} against the champion's ${figure(champion)} on the same ${rows(comparison.rows)}, a difference of ${signed(difference)}: ${endOf(comparison)}`;
}

function endOf(comparison: Comparison): string {
  const { verdict, margin, low, high, confidence, difference, rowsNeeded } = comparison;
  const sure = `at ${percent(confidence)} confidence`;
  switch (verdict) {
    case 'pass':
      return high < 0
        ? `a little worse, but ${sure} by no more than ${figure(-low)}, and ${figure(margin)} counts as equal`
        : `${sure} no worse than ${signed(low)}, and ${figure(margin)} counts as equal`;
    case 'fail':
      return `proven worse, ${sure} by ${figure(-high)} or more, and not within ${figure(margin)}, which counts as equal`;
    case 'inconclusive':
      return `${sure} it lies between ${signed(low)} and ${signed(high)}, so a loss of ${figure(margin)} is not ruled out; ${needed(rowsNeeded)}`;
    case 'invalid':
      return isShareOfNothing(comparison)
        ? "the margin is a share of the champion's value, which is 0; give it in the unit of the metric"
        : `the models differ by ${signed(difference)} in every row alike, which gives nothing to judge by`;
  }
}

function needed(rowsNeeded: number | null): string {
  return rowsNeeded === null
    ? 'more rows would hardly help: the measured loss is the margin or more'
    : `about ${count(rowsNeeded)} rows are needed`;
}
