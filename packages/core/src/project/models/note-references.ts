import { type RunRecord, TidegateError } from '@tidegate/formats';
import { noteReference } from '../../monitoring/index.ts';
import { readRecord } from '../../store/index.ts';
import type { Project } from '../project.ts';

/** Keeps the reference profiles that a run made, or found again, as those of their model versions. */
export async function noteReferences({ state, store }: Project, { steps }: RunRecord): Promise<void> {
  for (const { kind, outputs } of steps) {
    const digest = kind === 'reference' ? outputs['reference']?.digest : undefined;
    if (digest === undefined) continue;
    const [reference] = await readRecord(store, 'tidegate.drift-reference/1', digest).then((found) => [found], lost);
    if (reference !== undefined) await noteReference({ state, store }, reference);
  }
}

/** A run does not fail for what a monitor can make again. */
function lost(error: unknown): readonly never[] {
  if (error instanceof TidegateError) return [];
  throw error;
}
