import type { Digest, Evaluation } from '@tidegate/formats';
import { type ObjectStore, readRecord, type State } from '../store/index.ts';
import { outcomeThatMade } from './result-of.ts';

interface Evaluated {
  readonly model: string;
  readonly version: Digest;
}

/** The newest evaluation of a model version; null when none is kept. */
export async function evaluationOf(
  { state, store }: { readonly state: State; readonly store: ObjectStore },
  evaluated: Evaluated,
): Promise<Evaluation | null> {
  const evaluation = evaluationDigest(state, evaluated);
  if (evaluation === null || !(await store.has(evaluation))) return null;
  return readRecord(store, 'tidegate.evaluation/1', evaluation);
}

/** Its digest, whether or not it is kept; null when there was none. */
export function evaluationDigest(state: State, { model, version }: Evaluated): Digest | null {
  return outcomeThatMade(state, { step: `models.${model}`, output: 'version', digest: version })?.outputs['evaluation']?.digest ?? null;
}
