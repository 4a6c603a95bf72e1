import { type Digest, type Evidence, type JsonObject, type ServingCost, type StepName } from '@tidegate/formats';
import type { OverrideConfig } from '../../config/index.ts';
import { type ObjectStore, readRecord } from '../../store/index.ts';
import { type CostLimits, judgeCost } from './judge-cost.ts';
import { costEvidence, inEnvironment, letThrough } from './trial-evidence.ts';

/** Raised when the same record and limits would be judged otherwise: the version of the step kind `trial`. */
export const costRules = 5;

/** All that decides what is said of a measured cost. */
export interface CostJudgement extends CostLimits {
  /** `services.delay-api` */
  readonly subject: StepName;
  /** Of the trial; null for the first one. */
  readonly environment: string | null;
  /** The model file, and what a person lets through of it. */
  readonly artifact: Digest;
  readonly overrides: readonly OverrideConfig[];
}

/** What the limits say of a cost, as evidence. */
export function judgedCost(cost: Omit<ServingCost, 'replay'>, request: CostJudgement): readonly Evidence[] {
  const { subject, environment, overrides, artifact } = request;
  return judgeCost(cost, request).map((finding) =>
    letThrough(inEnvironment(costEvidence(subject, finding), environment), overrides, artifact),
  );
}

/** The record with what it is judged by. */
export function withJudgement(cost: Omit<ServingCost, 'replay'>, request: CostJudgement | null): ServingCost {
  return { ...cost, replay: request && { rules: costRules, request: { ...request } as unknown as JsonObject } };
}

/**
 * Computes what was said of a measured cost again, from its record alone. With the same rules (`replay.rules`) it is the same to the last digit.
 *
 * @throws TG-STORE-OBJECT-MISSING when the record is no longer kept
 */
export async function replayCost(store: Pick<ObjectStore, 'readJson'>, cost: Digest): Promise<readonly Evidence[]> {
  const { replay, ...measured } = await readRecord(store, 'tidegate.serving-cost/1', cost);
  return replay === null ? [] : judgedCost(measured, replay.request as unknown as CostJudgement);
}
