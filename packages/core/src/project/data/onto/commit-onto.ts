import type { EmitEvent, RunRecord } from '@tidegate/formats';
import { ontoNode } from '../../../data/index.ts';
import { executeRun } from '../../../pipeline/index.ts';
import { engineParts } from '../../engine-parts.ts';
import type { Project } from '../../project.ts';
import { revisionOf } from '../../revision.ts';
import type { AddedOntoTree } from '../added.ts';

/** Makes a version of what was added onto another one. Its files need not be at hand; what only they could tell is not measured. */
export async function commitOnto(
  project: Project,
  dataset: string,
  { added, signal, emit }: { readonly added: AddedOntoTree; readonly signal: AbortSignal; readonly emit: EmitEvent },
): Promise<RunRecord> {
  const { tree, files, bytes, onto } = added;
  const from = project.config.data[dataset]?.from.files ?? [];
  const node = ontoNode(dataset, { onto: onto.version, tree, files, bytes, rows: onto.rows, from });
  return executeRun(engineParts(project), [node], { ...(await revisionOf(project)), goal: 'gate', signal, emit });
}
