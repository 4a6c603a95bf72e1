import { type RunRecord, TidegateError } from '@tidegate/formats';
import { isRegistered, recordModelVersion } from '../../models/index.ts';
import { isoTime } from '../../platform/index.ts';
import { readRecord } from '../../store/index.ts';
import type { Project } from '../project.ts';

/** Registers the models of results that another machine has made: here no step ran that could. */
export async function noteModels({ state, store, name, platform }: Project, record: RunRecord): Promise<void> {
  for (const { kind, status, outputs, madeBy } of record.steps) {
    const digest = kind === 'evaluate' && status === 'hit' ? outputs['version']?.digest : undefined;
    if (digest === undefined || isRegistered(state, digest)) continue;
    const [version] = await readRecord(store, 'tidegate.model-version/1', digest).then((found) => [found], lost);
    if (version !== undefined)
      recordModelVersion(state, { digest, project: name, run: madeBy ?? record.id, madeAt: isoTime(platform.clock), version });
  }
}

/** A run does not fail for a list. */
function lost(error: unknown): readonly never[] {
  if (error instanceof TidegateError) return [];
  throw error;
}
