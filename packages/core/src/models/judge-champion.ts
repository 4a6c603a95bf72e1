import type { Comparison, Digest, Metric, SliceComparison } from '@tidegate/formats';
import { type MeasureOptions, type Pair, rowCount, takeRows } from '@tidegate/runtime';
import { count, rows } from '../evidence/index.ts';
import { judgePair, measurePair, reasonOf } from './compare.ts';
import type { EvaluateSettings } from './evaluate-settings.ts';
import type { Finding } from './evidence.ts';
import { measureAll, metricsOf, primaryMetric } from './measure.ts';
import type { ScoredRows } from './scored-rows.ts';
import { judgeSlices } from './slices.ts';
import { classCounts, fewestOfClass, fewestRows } from './validity.ts';

/** What a candidate is compared with. */
export type Opponent =
  /** No champion is live in the environment (null: the project has none). */
  | { readonly kind: 'none'; readonly environment: string | null }
  /** There is one, but it cannot be scored on these rows. */
  | { readonly kind: 'unusable'; readonly release: Digest; readonly reason: string }
  | {
      readonly kind: 'scored';
      readonly release: Digest;
      readonly modelVersion: Digest;
      /** Whether it is known which rows it was trained on. */
      readonly trainedOnKnown: boolean;
    };

export interface JudgedChampion {
  /** Of the champion, on the rows compared. */
  readonly metrics: readonly Metric[];
  readonly comparisons: readonly Comparison[];
  readonly sliceComparisons: readonly SliceComparison[];
  readonly findings: readonly Finding[];
}

const nothing = { metrics: [], comparisons: [], sliceComparisons: [] } as const;

/** Compares the candidate with the champion: is that allowed, is it as good over all rows, is it as good in every slice. */
export function judgeChampion(
  scored: ScoredRows,
  opponent: Opponent,
  options: MeasureOptions & { readonly settings: Pick<EvaluateSettings, 'evaluate' | 'gate'> },
): JudgedChampion {
  if (opponent.kind === 'none') return { ...nothing, findings: [withoutChampion(opponent.environment)] };
  if (opponent.kind === 'unusable' || scored.champion === null)
    return {
      ...nothing,
      findings: [comparability('invalid', opponent.kind === 'unusable' ? opponent.reason : 'The champion was not scored')],
    };
  const { settings } = options;
  const pair = { candidate: takeRows(scored.candidate, scored.comparable), champion: takeRows(scored.champion, scored.comparable) };
  const allowed = judgeComparability(scored, pair, opponent.trainedOnKnown);
  const metrics = measureAll(metricsOf(settings), pair.champion, options);
  if (allowed.verdict === 'invalid') return { ...nothing, metrics, findings: [allowed] };
  const overall = compareOverall(pair, options);
  const slices =
    settings.gate.slices === null
      ? null
      : judgeSlices(scored, { ...options, metric: primaryMetric(settings), slices: settings.gate.slices });
  return {
    metrics,
    comparisons: overall.comparison === null ? [] : [overall.comparison],
    sliceComparisons: slices?.comparisons ?? [],
    findings: [allowed, overall.finding, ...(slices?.findings ?? [])],
  };
}

function withoutChampion(environment: string | null): Finding {
  const where =
    environment === null ? 'The project has no environment, so there is no champion' : `No champion is live in "${environment}"`;
  return {
    kind: 'comparison',
    name: 'champion',
    verdict: 'inconclusive',
    blocking: false,
    reason: `${where}: the gate applies its absolute limits only`,
  };
}

function comparability(verdict: Finding['verdict'], reason: string): Finding {
  return { kind: 'validity', name: 'validity.champion', verdict, reason };
}

/** Both models must have a prediction for the same rows, and neither may have been trained on them. */
function judgeComparability({ candidate, comparable, counts }: ScoredRows, pair: Pair, trainedOnKnown: boolean): Finding {
  const { unmatched, withoutPrediction, trainedOn } = counts.champion;
  const left = [
    ...(trainedOn === 0 ? [] : [`${rows(trainedOn)} the champion was trained on are left out`]),
    ...(unmatched === 0 ? [] : [`${rows(unmatched)} are none of the champion's test set and are left out`]),
    ...(trainedOnKnown ? [] : ['which rows the champion was trained on is not known']),
  ];
  const notes = left.length === 0 ? '' : `; ${left.join('; ')}`;
  if (withoutPrediction > 0) return comparability('invalid', `The champion gives no number for ${rows(withoutPrediction)}`);
  const told = `Both models are judged by the same ${rows(comparable.length)} of ${count(rowCount(candidate))}${notes}`;
  if (comparable.length === 0) return comparability('invalid', `No row is left to compare by${notes}`);
  const { rarer, missing } = classCounts(pair.candidate);
  if (candidate.task === 'binary' && missing !== null) return comparability('invalid', `${told}; all of them have the same label`);
  const isEnough = comparable.length >= fewestRows && (candidate.task !== 'binary' || rarer >= fewestOfClass);
  return isEnough
    ? comparability('pass', told)
    : comparability('inconclusive', `${told}; at least ${fewestRows} are needed, ${fewestOfClass} of each class`);
}

function compareOverall(
  pair: Pair,
  options: MeasureOptions & { readonly settings: Pick<EvaluateSettings, 'evaluate' | 'gate'> },
): { readonly comparison: Comparison | null; readonly finding: Finding } {
  const metric = primaryMetric(options.settings);
  const margin = options.settings.gate.primary?.margin ?? metric.defaultMargin;
  const measured = measurePair(metric, pair, { ...options, margin });
  const finding = { kind: 'comparison' as const, name: `primary.${metric.name}` };
  if (measured === null)
    return {
      comparison: null,
      finding: {
        ...finding,
        verdict: 'inconclusive',
        reason: `${metric.name} cannot be computed on the ${rows(rowCount(pair.candidate))} to compare by`,
      },
    };
  const comparison = judgePair(measured, options);
  return { comparison, finding: { ...finding, verdict: comparison.verdict, reason: reasonOf(comparison), details: comparison } };
}
