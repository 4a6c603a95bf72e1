import type { Digest } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { type ObjectStore, readRecord } from '../store/index.ts';
import type { JudgeRequest } from './judge-model.ts';
import { type JudgedPredictions, judgePredictions } from './judge-predictions.ts';

/**
 * Computes the verdict of an evaluation again, from the predictions and the request that its record names. With the same rules
 * (`replay.rules`) the result is the same to the last digit.
 *
 * @throws TG-STORE-OBJECT-MISSING when the evaluation or its predictions are no longer kept
 */
export async function replayEvaluation(store: ObjectStore, evaluation: Digest): Promise<JudgedPredictions> {
  const { replay } = await readRecord(store, 'tidegate.evaluation/1', evaluation);
  using engine = await openEngine({ threads: 1 });
  return await judgePredictions(engine, await store.pathOf(replay.predictions), replay.request as unknown as JudgeRequest);
}
