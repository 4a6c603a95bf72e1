import type { SharedResult, StepName, TakenFrom, Zone } from '@tidegate/formats';
import type { StoredResult } from './results.ts';

/** A result as others get it: its zone is said by where they find it, and how this home came by it is nobody's business. */
export function sharedOf(step: StepName, result: StoredResult): SharedResult {
  const { key, run, outputs, evidence, facts, durationMs, recordedAt } = result;
  return { format: 'tidegate.shared-result/1', key, step, run, outputs, evidence, facts, durationMs, recordedAt };
}

/** A result of others as this home keeps it. */
export function storedOf(shared: SharedResult, origin: { readonly zone: Zone; readonly taken: TakenFrom }): StoredResult {
  const { key, run, outputs, evidence, facts, durationMs, recordedAt } = shared;
  return { key, run, ...origin, outputs, evidence, facts, durationMs, recordedAt };
}
