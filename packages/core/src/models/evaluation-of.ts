import type { Digest, Evaluation } from '@tidegate/formats';
import { type ObjectStore, readRecord, type State } from '../store/index.ts';
import { outcomeThatMade } from './result-of.ts';

/** The newest evaluation of a model version; null when none is kept. */
export async function evaluationOf(
  { state, store }: { readonly state: State; readonly store: ObjectStore },
  { model, version }: { readonly model: string; readonly version: Digest },
): Promise<Evaluation | null> {
  const evaluation = outcomeThatMade(state, { step: `models.${model}`, output: 'version', digest: version })?.outputs['evaluation'];
  if (evaluation === undefined || !(await store.has(evaluation.digest))) return null;
  return readRecord(store, 'tidegate.evaluation/1', evaluation.digest);
}
