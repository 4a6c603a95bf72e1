import type { Digest, KnownMetric, Metric } from '@tidegate/formats';
import { independentDifference } from '@tidegate/runtime';
import type { Margin } from '../config/index.ts';
import type { EvaluateSettings } from './evaluate-settings.ts';
import { figure, signed } from '../evidence/index.ts';
import type { Finding } from './evidence.ts';

/** What the champion had when it was let through. */
export interface Carried {
  readonly testSet: Digest;
  /** Whether it was measured on the very rows of the candidate. */
  readonly isSameTestSet: boolean;
  readonly metrics: readonly Metric[];
}

/** Whether any check of a gate is held against what the champion had, and not against the champion on these rows. */
export function carriesSomething({ baseline }: Pick<EvaluateSettings['gate'], 'baseline'>): boolean {
  return Object.values(baseline ?? {}).includes('carry');
}

/**
 * Holds a metric against the champion's old number, for a check with the policy `carry`. Both must come from the same test set: on other rows
 * an old number says nothing. The intervals are put together as if independent, which on the same rows is wider than a paired one.
 */
export function compareCarried(
  own: Metric | null,
  { metric, margin, carried }: { readonly metric: KnownMetric; readonly margin: Margin; readonly carried: Carried | null },
): Pick<Finding, 'verdict' | 'reason' | 'details'> {
  if (carried === null)
    return {
      verdict: 'invalid',
      reason: `No evaluation of the champion is kept whose ${metric.name} could be carried: let the check be "refresh"`,
    };
  if (!carried.isSameTestSet)
    return {
      verdict: 'invalid',
      reason: `The champion's ${metric.name} was measured on another test set, so it says nothing about these rows: let the check be "refresh"`,
    };
  const old = carried.metrics.find(({ name }) => name === metric.name) ?? null;
  if (own === null || old === null)
    return { verdict: 'inconclusive', reason: `${metric.name} was not measured of ${own === null ? 'the candidate' : 'the champion'}` };
  const [better, worse] = metric.higherIsBetter ? [own, old] : [old, own];
  const difference = independentDifference(better, worse);
  if (difference === null) return { verdict: 'inconclusive', reason: `${metric.name} has no interval on these rows` };
  const allowed = margin.kind === 'absolute' ? margin.value : margin.value * Math.abs(old.value);
  const verdict = difference.low > -allowed ? 'pass' : difference.high < 0 ? 'fail' : 'inconclusive';
  return {
    verdict,
    reason: `${metric.name} is ${figure(own.value)} against ${figure(old.value)}, carried from when the champion was let through: a difference of ${signed(difference.value)}, between ${signed(difference.low)} and ${signed(difference.high)}, and ${figure(allowed)} counts as equal`,
    details: { metric: metric.name, candidate: own, champion: old, margin: allowed, ...difference },
  };
}
