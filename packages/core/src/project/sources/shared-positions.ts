import {
  canonicalJson,
  type Digest,
  hexOf,
  type Json,
  parseSharedPosition,
  readableZones,
  type SharedPosition,
  type Zone,
} from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import { readOneRecord, type Remote } from '../../store/index.ts';
import { madeFrom, positionOfFiles } from '../data/readings/made-from.ts';
import { pinnedVersion } from '../data/version-names.ts';
import type { Project } from '../project.ts';
import { pinnedTree, readingOf } from './readings.ts';

/** Longer ones, as of a bucket with very many objects, stay where they are: a reading as a whole lists them as well. */
const mostBytes = 1024 ** 2;

/** Sources that are the same wherever one looks from, and tables of files of the project; a file of SQLite may be another one on each machine. */
function isSameEverywhere(project: Project, dataset: string): boolean {
  const { from, table } = project.config.data[dataset] ?? {};
  return from?.source === undefined ? table !== undefined : from.source.kind !== 'sqlite';
}

function nameIn(zone: Zone, { name: project }: Project, { dataset, tree }: { readonly dataset: string; readonly tree: Digest }): string {
  const hex = hexOf(digestOfBytes(canonicalJson({ project, dataset, tree })));
  return `positions/${zone}/${hex.slice(0, 2)}/${hex.slice(2)}`;
}

/**
 * Puts into the remote how far sources were read when they gave what is pinned, unless it is there; of a table of files, which files it was made of. A position belongs to what was read with it, so that a
 * machine which has neither gets both.
 *
 * @throws TG-STORE-REMOTE-…
 */
export async function sharePositions(project: Project, remote: Remote): Promise<void> {
  const known: { readonly name: string; readonly record: SharedPosition }[] = [];
  for (const dataset of Object.keys(project.config.data)) {
    if (!isSameEverywhere(project, dataset)) continue;
    const tree = await pinnedTree(project, dataset).catch(() => null);
    const position = tree === null ? null : await positionOf(project, dataset, tree);
    if (tree === null || position === null || Buffer.byteLength(JSON.stringify(position)) > mostBytes) continue;
    const record = { format: 'tidegate.source-position/1', tree, position } as const;
    known.push({ name: nameIn(remote.zone, project, { dataset, tree }), record });
  }
  const there = await remote.readRecords(known.map(({ name }) => name));
  for (const [index, { name, record }] of known.entries())
    if (canonicalJson(there[index] ?? null) !== canonicalJson({ ...record })) await remote.replaceRecord(name, { ...record });
}

async function positionOf(project: Project, dataset: string, tree: Digest): Promise<Json> {
  if (project.config.data[dataset]?.from.source !== undefined) return readingOf(project, dataset, tree)?.position ?? null;
  const version = await pinnedVersion(project, dataset);
  const patterns = version === null ? null : madeFrom(project, dataset, version);
  return patterns === null ? null : positionOfFiles(patterns);
}

/** How far a source was read when it gave this tree, as another machine has noted it; null when none did that is trusted as much. */
export async function sharedPosition(project: Project, dataset: string, tree: Digest): Promise<Json> {
  const { remote } = project;
  if (remote === null || !isSameEverywhere(project, dataset)) return null;
  for (const zone of readableZones(remote.zone)) {
    const found = parseSharedPosition(await readOneRecord(remote, nameIn(zone, project, { dataset, tree })));
    if (found?.tree === tree) return found.position;
  }
  return null;
}
