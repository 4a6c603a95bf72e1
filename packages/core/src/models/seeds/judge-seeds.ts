import type { Comparison, Digest, KnownMetric, SeedSpread } from '@tidegate/formats';
import { metricValue } from '@tidegate/runtime';
import type { SeedsConfig } from '../../config/index.ts';
import { figure, signed } from '../../evidence/index.ts';
import type { EvaluateSettings } from '../evaluate-settings.ts';
import type { Finding } from '../evidence.ts';
import { metricsOf } from '../measure.ts';
import type { ScoredRows } from '../scored-rows.ts';
import type { SeededModel } from './score-seeds.ts';

export interface JudgedSeeds {
  readonly spreads: readonly SeedSpread[];
  readonly findings: readonly Finding[];
}

export interface SeedsToJudge {
  readonly settings: Pick<EvaluateSettings, 'evaluate' | 'gate'>;
  readonly models: readonly SeededModel[];
  /** Of the candidate, whose seed is the first. */
  readonly artifact: Digest | null;
  /** With the champion; empty without one. */
  readonly comparisons: readonly Comparison[];
}

/**
 * How far metrics differ by the seed of the training alone, on the same rows (Bouthillier et al. 2021, arXiv 2103.03098). The model of the first seed is the
 * one that is judged and released: to choose the best of several would be to choose by luck. So none of it stops anything; a gain over the champion that
 * is smaller than the range of the seeds is pointed out.
 */
export function judgeSeeds(scored: ScoredRows, { settings, models, artifact, comparisons }: SeedsToJudge): JudgedSeeds {
  const { seeds } = settings.evaluate;
  if (seeds === undefined) return { spreads: [], findings: [] };
  const failed = models.flatMap(({ seed, lacks }) => (lacks === null ? [] : [{ seed, lacks }]));
  const isOne = models.length > 0 && models.every((one) => one.artifact === artifact);
  const spreads = isOne ? [] : metricsOf(settings).flatMap((metric) => spreadOf(metric, scored, seeds) ?? []);
  return {
    spreads,
    findings: [
      ...(isOne ? [withoutEffect(seeds)] : []),
      ...failed.map(({ seed, lacks }) => brokenSeed(seed, lacks)),
      ...spreads.map((spread) => findingOf(spread, comparisons)),
    ],
  };
}

function spreadOf({ name, higherIsBetter }: KnownMetric, { candidate, seeds }: ScoredRows, { values }: SeedsConfig): SeedSpread | null {
  const samples = [{ seed: values[0] ?? 0, sample: candidate }, ...seeds];
  const measured = samples.flatMap(({ seed, sample }) => {
    const value = metricValue(name, sample);
    return value === null ? [] : [{ seed, value }];
  });
  if (measured.length < 2) return null;
  const all = measured.map(({ value }) => value);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const squares = all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    metric: name,
    higherIsBetter,
    values: measured,
    mean,
    sd: Math.sqrt(squares / (all.length - 1)),
    min: Math.min(...all),
    max: Math.max(...all),
  };
}

function findingOf(spread: SeedSpread, comparisons: readonly Comparison[]): Finding {
  const { metric, values, mean, sd, min, max } = spread;
  const [released] = values;
  const told = `${metric} over ${values.length} seeds is ${figure(mean)} on average, with a standard deviation of ${figure(sd)}, ${figure(min)} to ${figure(max)}; that of the model that is judged, of seed ${released?.seed ?? ''}, is ${figure(released?.value ?? Number.NaN)}`;
  const finding = { kind: 'comparison' as const, name: `seeds.${metric}`, blocking: false, details: spread };
  const gain = comparisons.find((one) => one.metric === metric)?.difference ?? null;
  if (gain === null) return { ...finding, verdict: 'pass', reason: told };
  const range = max - min;
  return gain > 0 && gain < range
    ? {
        ...finding,
        verdict: 'inconclusive',
        reason: `${told}. The gain of ${signed(gain)} over the champion is smaller than the ${figure(range)} by which seeds differ: with another seed it may not be there`,
      }
    : { ...finding, verdict: 'pass', reason: told };
}

function withoutEffect({ values, given }: SeedsConfig): Finding {
  const where = given.kind === 'variable' ? `the variable ${given.name}` : `the argument "${given.name}"`;
  return {
    kind: 'comparison',
    name: 'seeds',
    verdict: 'inconclusive',
    blocking: false,
    reason: `All ${values.length} trainings made the same file: the training does not use ${where}, or nothing in it is random`,
  };
}

function brokenSeed(seed: number, lacks: string): Finding {
  return {
    kind: 'comparison',
    name: `seeds.seed-${seed}`,
    verdict: 'fail',
    blocking: false,
    reason: `The model of seed ${seed} gives no answer, and another one is judged: ${lacks}`,
  };
}
