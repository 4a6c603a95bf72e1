import type { StepEnd } from '@tidegate/formats';
import type { Random } from '../../platform/index.ts';
import type { RetryPolicy } from '../step-scheduling.ts';

/**
 * Milliseconds until a step is tried again; null when it is not. The wait doubles from one try to the next up to the longest, and lies
 * by chance between half of that and all of it, so that steps that failed together do not come back together.
 *
 * @param failed how many tries have failed, this one included
 * @param end how this one ended; null when its program had no part in the failure
 */
export function retryAfter(
  policy: RetryPolicy | undefined,
  { failed, end }: { readonly failed: number; readonly end: StepEnd | null },
  random: Random,
): number | null {
  if (policy === undefined || end === null || failed > policy.times || !isNamed(policy, end)) return null;
  const full = Math.min(policy.mostWaitMs, policy.waitMs * 2 ** Math.min(failed - 1, 40));
  const chance = Number.parseInt(random.hex(4), 16) / 0xffff_ffff;
  return Math.round((full * (1 + chance)) / 2);
}

function isNamed({ on }: RetryPolicy, end: StepEnd): boolean {
  return on === null || on.some((named) => named === (end.kind === 'exit' ? end.code : end.kind));
}
