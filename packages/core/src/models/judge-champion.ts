import { type Comparison, type Digest, type Metric, shortDigest, type SliceComparison } from '@tidegate/formats';
import { type MeasureOptions, type Pair, rowCount, takeRows } from '@tidegate/runtime';
import { count, rows } from '../evidence/index.ts';
import { type Carried, compareCarried } from './carried.ts';
import { judgePair, measurePair, reasonOf } from './compare.ts';
import type { EvaluateSettings } from './evaluate-settings.ts';
import type { Finding } from './evidence.ts';
import { judgeCalibration } from './judge-calibration.ts';
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
      /** What it had when it was let through; absent when no evaluation of it is kept. */
      readonly carried?: Carried;
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
  const pair = {
    candidate: { ...takeRows(scored.candidate, scored.comparable), ...scored.pair?.candidate },
    champion: { ...takeRows(scored.champion, scored.comparable), ...scored.pair?.champion },
  };
  const allowed = judgeComparability(scored, pair, opponent.trainedOnKnown);
  const metrics = measureAll(metricsOf(settings), pair.champion, options);
  if (allowed.verdict === 'invalid') return { ...nothing, metrics, findings: [allowed] };
  const carried = opponent.carried ?? null;
  const overall = comparedOverall(pair, { ...options, carried });
  const slices =
    settings.gate.slices === null || settings.gate.baseline?.slices === 'skip'
      ? null
      : judgeSlices(scored, { ...options, metric: primaryMetric(settings), slices: settings.gate.slices });
  return {
    metrics,
    comparisons: overall.comparison === null ? [] : [overall.comparison],
    sliceComparisons: slices?.comparisons ?? [],
    findings: [
      allowed,
      ...testSetTold(carried),
      ...(overall.finding === null ? [] : [overall.finding]),
      ...(slices?.findings ?? []),
      ...judgeCalibration(pair, { ...options, carried }),
    ],
  };
}

/** On other rows than those it was let through on, the champion's old numbers say nothing; so it was scored again, and that is said. */
function testSetTold(carried: Carried | null): readonly Finding[] {
  if (carried === null) return [];
  const reason = carried.isSameTestSet
    ? 'The champion was let through on the same test set'
    : `The test set is another than the champion was let through on (${shortDigest(carried.testSet)}): its old numbers do not count, it was scored again`;
  return [{ kind: 'validity', name: 'validity.test-set', verdict: 'pass', blocking: false, reason }];
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

type OverallOptions = MeasureOptions & {
  readonly settings: Pick<EvaluateSettings, 'evaluate' | 'gate'>;
  readonly carried: Carried | null;
};

interface Overall {
  readonly comparison: Comparison | null;
  readonly finding: Finding | null;
}

/** By the policy of the primary check: on these rows, by the champion's old number, or not at all. */
function comparedOverall(pair: Pair, options: OverallOptions): Overall {
  const { settings, carried } = options;
  const metric = primaryMetric(settings);
  const margin = settings.gate.primary?.margin ?? metric.defaultMargin;
  const finding = { kind: 'comparison' as const, name: `primary.${metric.name}` };
  switch (settings.gate.baseline?.primary ?? 'refresh') {
    case 'refresh':
      return compareOverall(pair, options);
    case 'carry': {
      const [own] = measureAll([metric], pair.candidate, options);
      return { comparison: null, finding: { ...finding, ...compareCarried(own ?? null, { metric, margin, carried }) } };
    }
    case 'skip':
      return {
        comparison: null,
        finding: {
          ...finding,
          verdict: 'inconclusive',
          // with no limit either, nothing would say what is good enough
          blocking: Object.keys({ ...settings.gate.min, ...settings.gate.max }).length === 0,
          reason: `${metric.name} is not compared with the champion: the gate says "skip"`,
        },
      };
  }
}

function compareOverall(pair: Pair, options: OverallOptions): Overall {
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
