import { judgeNonInferiority, type MeasureOptions, type Sample, takeRows } from '@tidegate/runtime';
import { figure, signed } from '../../evidence/index.ts';
import { judgePair, measurePair, reasonOf } from '../compare.ts';
import type { EvaluateSettings } from '../evaluate-settings.ts';
import type { Finding } from '../evidence.ts';
import { primaryMetric } from '../measure.ts';
import type { ScoredRows } from '../scored-rows.ts';
import type { Corruption } from './corruptions.ts';
import type { CorruptedSet } from './score-corrupted.ts';

const words: Readonly<Record<Corruption, string>> = {
  missing: 'values missing',
  noise: 'noise on numbers',
  unseen: 'values never seen',
  stale: 'features as they were before',
};

/** Whether the candidate does worse than the champion, or without one than itself by more than the margin, where inputs are spoiled. */
export function judgeRobustness(
  scored: ScoredRows,
  sets: readonly CorruptedSet[],
  options: MeasureOptions & { readonly settings: Pick<EvaluateSettings, 'evaluate' | 'gate'> },
): readonly Finding[] {
  return sets.map((set) => judgeSet(scored, set, options));
}

function judgeSet(
  scored: ScoredRows,
  { corruption, lacks }: CorruptedSet,
  { settings, ...options }: MeasureOptions & { readonly settings: Pick<EvaluateSettings, 'evaluate' | 'gate'> },
): Finding {
  const metric = primaryMetric(settings);
  const { robustness } = settings.gate;
  const finding = { kind: 'comparison' as const, name: `robustness.${corruption}` };
  if (lacks?.kind === 'no-input')
    return {
      ...finding,
      verdict: 'inconclusive',
      blocking: false,
      reason: `No input can be spoiled by "${corruption}": ${unfit[corruption]}`,
    };
  if (lacks !== null) return { ...finding, verdict: 'fail', reason: `With ${words[corruption]} the model gives no answer: ${lacks.text}` };
  const own = scored.corrupted.find((one) => one.corruption === corruption);
  if (own === undefined || robustness === undefined) return { ...finding, verdict: 'inconclusive', reason: 'Its predictions are not kept' };
  const isCompared = own.champion !== null;
  const rows = isCompared
    ? scored.comparable
    : Int32Array.from({ length: scored.candidate.truth.length / (scored.candidate.labels ?? 1) }, (_, row) => row);
  const take = (sample: Sample): Sample => takeRows(sample, rows);
  const pair = { candidate: take(own.candidate), champion: take(own.champion ?? scored.candidate) };
  const margin = robustness.margin ?? settings.gate.primary?.margin ?? metric.defaultMargin;
  const measured = measurePair(metric, pair, { ...options, margin });
  if (measured === null)
    return { ...finding, verdict: 'inconclusive', reason: `${metric.name} cannot be computed with ${words[corruption]}` };
  const comparison = judgePair(measured, options);
  // predictions that nothing has moved differ from themselves by nothing
  const isSame = measured.difference.value === 0 && measured.difference.standardError === 0;
  if (isCompared)
    return {
      ...finding,
      verdict: isSame ? 'pass' : comparison.verdict,
      reason: `With ${words[corruption]} ${reasonOf(comparison)}`,
      details: comparison,
    };
  const { verdict } = judgeNonInferiority(measured.difference, { ...options, margin: measured.margin, rows: rows.length });
  return {
    ...finding,
    verdict: isSame ? 'pass' : verdict,
    reason: `With ${words[corruption]} ${metric.name} is ${figure(measured.candidate)}, on the rows as they are ${figure(measured.champion)}: a difference between ${signed(comparison.low)} and ${signed(comparison.high)}, and a loss of ${figure(measured.margin)} is allowed`,
    details: comparison,
  };
}

const unfit: Readonly<Record<Corruption, string>> = {
  missing: 'the model takes none',
  noise: 'none is a number',
  unseen: 'none is a text',
  stale: 'the model is evaluated on no feature service that has views',
};
