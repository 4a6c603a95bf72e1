import { join } from 'node:path';
import type { DatasetVersion } from '@tidegate/formats';
import { parseContract, personalColumns } from '../../data/index.ts';
import { readTextIfThere } from '../../platform/index.ts';
import type { Project } from '../project.ts';

/** Columns of which no value is shown: those that are personal by the data contract as it is now, and those whose values versions have kept for themselves. */
export async function hiddenColumns(
  { root, config }: Project,
  dataset: string,
  versions: readonly DatasetVersion[],
): Promise<ReadonlySet<string>> {
  const file = config.data[dataset]?.contract ?? null;
  const text = file === null ? null : await readTextIfThere(join(root, file));
  const parsed = file === null || text === null ? null : parseContract({ file, text, dataset });
  const now = parsed?.ok === true ? parsed.value.columns.flatMap(({ name, personal }) => (personal ? [name] : [])) : [];
  return new Set([...now, ...versions.flatMap(hiddenIn)]);
}

/** A profile keeps no values of lists and objects anyway. */
function hiddenIn(version: DatasetVersion): readonly string[] {
  const types = new Map(version.columns.map(({ name, type }) => [name, type]));
  return [...personalColumns(version)].filter((name) => types.get(name) !== 'array' && types.get(name) !== 'object');
}
