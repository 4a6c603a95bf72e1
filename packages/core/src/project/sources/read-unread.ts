import type { EmitEvent } from '@tidegate/formats';
import type { Project } from '../project.ts';
import { readSource } from './read-source.ts';
import { readingsToUse } from './readings-to-use.ts';

/** Reads every source of which nothing was read yet, so that a run has something to begin with, and tells what there is to say of it. @throws as {@link readSource} */
export async function readUnread(
  project: Project,
  { signal, emit }: { readonly signal: AbortSignal; readonly emit: EmitEvent },
): Promise<void> {
  for (const [dataset, reading] of Object.entries(await readingsToUse(project))) {
    if (reading !== null) continue;
    const { notices } = await readSource(project, dataset, { signal, progress: () => {} });
    if (notices.length > 0) emit({ kind: 'source-notices', dataset, notices });
  }
}
