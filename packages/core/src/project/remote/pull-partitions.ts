import { join } from 'node:path';
import { type Digest, failure, type TableGroup, type TableRecord, type TreeEntry } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { parsePartition } from '../../config/index.ts';
import { scratchFolder, tableParts } from '../../data/index.ts';
import { digestAt } from '../../pipeline/index.ts';
import { entriesBelow, entryAt, rm } from '../../platform/index.ts';
import { fileDigests } from '../../store/index.ts';
import { prepareFolders, removeFiles, writeFiles } from '../data/place-dataset.ts';
import { isOwnPath } from '../is-own-path.ts';
import type { Project } from '../project.ts';
import type { PartitionChoice } from './partition-choice.ts';

interface PartitionsToPull {
  readonly dataset: string;
  readonly record: TableRecord;
  readonly choices: readonly PartitionChoice[];
}

/** The groups of a table that lie in one of these partitions. @throws TG-CLI-USAGE, TG-CLI-NOT-FOUND */
export function groupsIn({ dataset, record, choices }: PartitionsToPull): readonly TableGroup[] {
  const rule = record.partition === null ? null : parsePartition(record.partition);
  const wrong = choices.find(({ name }) => rule === null || (name !== null && name !== rule.unit && name !== rule.column));
  if (wrong !== undefined)
    throw failure(
      'TG-CLI-USAGE',
      `Cannot pull "${wrong.text}" of data.${dataset}: ${rule === null ? 'its table has no partitions' : `its partitions are by ${record.partition}`}`,
      rule === null
        ? 'Pull all of it, or write "partitions: { by: day(COLUMN) }" at the dataset'
        : `Write "--partition ${rule.unit === 'value' ? rule.column : rule.unit}=…"`,
    );
  const found = record.groups.filter(({ from: [own = ''] }) => choices.some(({ matches }) => matches(own)));
  if (found.length > 0) return found;
  const own = [...new Set(record.groups.map(({ from: [first = ''] }) => first))];
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot pull data.${dataset}: none of its partitions is "${choices.map(({ text }) => text).join('", "')}"`,
    `It has ${own.length} partitions, from ${own[0] ?? ''} to ${own.at(-1) ?? ''}`,
  );
}

interface GroupsToPlace {
  readonly dataset: string;
  readonly record: TableRecord;
  readonly groups: readonly TableGroup[];
  readonly force: boolean;
  readonly signal: AbortSignal;
}

/**
 * Puts the rows of these groups, whose objects are here, into the folder of the table as plain files, and takes out what parts of others lie there, so that the
 * folder has rows of one version.
 *
 * @returns how many files are in place
 * @throws TG-CLI-CHANGED-FILE for a part that no version has, unless it is forced
 */
export async function placeGroups(project: Project, { dataset, record, groups, force, signal }: GroupsToPlace): Promise<number> {
  const settings = project.config.data[dataset];
  const wanted = new Set(groups);
  const scratch = await scratchFolder();
  try {
    const open = (): ReturnType<typeof openEngine> => openEngine({ threads: 1, spill: join(scratch, 'spill'), signal });
    const entries = await tableParts(open, { store: project.store, record, scratch, signal, only: (group) => wanted.has(group) });
    const own = entries.filter(({ path }) => settings !== undefined && isOwnPath(path, dataset, settings));
    const others = await otherParts(project, { dataset, folder: record.folder, entries: own, force });
    await prepareFolders(project.root, own);
    removeFiles(project.root, others);
    await writeFiles(project, own);
    return own.length;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface PartsInPlace {
  readonly dataset: string;
  readonly folder: string;
  readonly entries: readonly TreeEntry[];
  readonly force: boolean;
}

/** Parts in the folder that are not to be there. */
async function otherParts(project: Project, { dataset, folder, entries, force }: PartsInPlace): Promise<readonly TreeEntry[]> {
  const { root, state, platform, store } = project;
  if (entryAt(join(root, folder))?.isDirectory() !== true) return [];
  const digests = fileDigests(state, platform.clock);
  const wanted = new Map(entries.map(({ path, digest }) => [path, digest]));
  const others: { readonly path: string; readonly digest: Digest; readonly bytes: number }[] = [];
  for (const name of entriesBelow(join(root, folder)).files.filter((file) => /^part-\d{6}\.parquet$/.test(file))) {
    const path = `${folder}/${name}`;
    const digest = await digestAt({ digests, root }, path);
    if (digest !== null && wanted.get(path) !== digest) others.push({ path, digest, bytes: Number(entryAt(join(root, path))?.size ?? 0n) });
  }
  digests.save();
  const lost = new Set(force || others.length === 0 ? [] : await store.missing(others));
  const changed = others.find(({ digest }) => lost.has(digest));
  if (changed === undefined) return others;
  throw failure(
    'TG-CLI-CHANGED-FILE',
    `Cannot place data.${dataset}: "${changed.path}" has changes that no version has`,
    `Move it away, or give it up: "tidegate data pull ${dataset} --force"`,
  );
}
