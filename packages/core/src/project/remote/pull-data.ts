import { matchesGlob } from 'node:path';
import { type Digest, failure, type TableRecord } from '@tidegate/formats';
import { deliveredTree, readVersion, tableAt } from '../../data/index.ts';
import type { MovingOptions, StoredObject } from '../../store/index.ts';
import { requireDataset } from '../data/dataset-views.ts';
import { placeDataset } from '../data/place-dataset.ts';
import { pinnedVersion } from '../data/version-names.ts';
import { type TakenOver, takeOverTombstones } from '../forget/take-over-tombstones.ts';
import { isOwnPath } from '../is-own-path.ts';
import type { Project } from '../project.ts';
import { isPathIn, parsePartitionChoice, type PartitionChoice } from './partition-choice.ts';
import { groupsIn, placeGroups } from './pull-partitions.ts';
import { remoteOf } from './remote-of.ts';

export interface PullDataOptions extends MovingOptions {
  /** Patterns of paths relative to the project, as in `images/cats/**`; only what one of them matches is got. Default: everything. */
  readonly paths?: readonly string[];
  /** Partitions, as `parsePartitionChoice` reads them; only rows, or files in folders, of one of them are got. Default: all of them. */
  readonly partitions?: readonly string[];
  /** Whether files with changes that no version has are written over. Default false. */
  readonly force?: boolean;
  /** Only says what would be got. Default false. */
  readonly dryRun?: boolean;
}

export interface PulledDataset {
  readonly dataset: string;
  /** The pinned version; null when nothing is pinned. */
  readonly version: Digest | null;
  /** Files that are in place now, or would be. */
  readonly files: number;
  /** What was not here. */
  readonly objects: number;
  readonly bytes: number;
  /** Objects that are neither here nor there. */
  readonly lost: readonly Digest[];
  /** What others have forgotten of it, and this machine as well since this call. */
  readonly forgotten: readonly TakenOver[];
}

/**
 * Gets the pinned versions of datasets, or a part of them, from the remote, checks each object as it arrives, and puts the files into their places. What
 * arrived before an interruption is here.
 *
 * @throws TG-CLI-NO-REMOTE, TG-CLI-NOT-FOUND when no path or partition matches; TG-CLI-USAGE; TG-STORE-OBJECT-MISSING when the version is nowhere; as {@link placeDataset}
 */
export async function pullData(
  project: Project,
  names: readonly string[],
  options: PullDataOptions = {},
): Promise<readonly PulledDataset[]> {
  remoteOf(project, 'take anything from others');
  for (const name of names) requireDataset(project, name);
  const datasets = names.length > 0 ? names : Object.keys(project.config.data);
  const signal = options.signal ?? new AbortController().signal;
  const taken = options.dryRun === true ? [] : await takeOverTombstones(project, datasets, signal);
  const all: PulledDataset[] = [];
  for (const dataset of datasets) {
    const version = await pinnedVersion(project, dataset);
    const forgotten = taken.filter((one) => one.dataset === dataset);
    if (version === null) all.push({ dataset, version, files: 0, objects: 0, bytes: 0, lost: [], forgotten });
    else all.push({ ...(await pullVersion(project, { dataset, version }, options)), forgotten });
  }
  return all;
}

interface PinnedVersion {
  readonly dataset: string;
  readonly version: Digest;
}

async function pullVersion(
  project: Project,
  { dataset, version }: PinnedVersion,
  options: PullDataOptions,
): Promise<Omit<PulledDataset, 'forgotten'>> {
  const { store, objects: local } = project;
  const tree = deliveredTree(await readVersion(store, { digest: version }));
  const choices = (options.partitions ?? []).map(parsePartitionChoice);
  const record = choices.length === 0 ? null : await tableAt(store, tree);
  if (record !== null) return pullPartitions(project, { dataset, version, record, choices }, options);
  const { entries } = await store.readTree(tree);
  const isOfPath = wantedBy(options.paths ?? []);
  const matches = (path: string): boolean => isOfPath(path) && (choices.length === 0 || isPathIn(path, choices));
  const settings = project.config.data[dataset];
  const isWanted = (path: string): boolean => settings !== undefined && isOwnPath(path, dataset, settings) && matches(path);
  const wanted = entries.filter(({ path }) => isWanted(path));
  if (wanted.length === 0 && entries.length > 0) throw noneMatches(dataset, [...(options.paths ?? []), ...(options.partitions ?? [])]);
  const absent = new Set(await local.missing(wanted));
  const toGet = once(wanted.filter(({ digest }) => absent.has(digest)));
  const bytes = toGet.reduce((sum, entry) => sum + entry.bytes, 0);
  const pulled = { dataset, version, files: wanted.length, objects: toGet.length, bytes };
  if (options.dryRun === true) return { ...pulled, lost: await remoteOf(project, 'take anything from others').missing(toGet) };
  const lost = await getAll(project, toGet, options);
  if (lost.length === 0) await placeDataset(project, dataset, { version, force: options.force ?? false, only: isWanted });
  return { ...pulled, lost };
}

interface PinnedTable extends PinnedVersion {
  readonly record: TableRecord;
  readonly choices: readonly PartitionChoice[];
}

async function pullPartitions(
  project: Project,
  { dataset, version, record, choices }: PinnedTable,
  options: PullDataOptions,
): Promise<Omit<PulledDataset, 'forgotten'>> {
  if ((options.paths ?? []).length > 0) throw byPathAndPartition(dataset);
  const groups = groupsIn({ dataset, record, choices });
  const layers = groups.flatMap((group) => group.layers);
  const absent = new Set(await project.objects.missing(layers));
  const toGet = once(layers.filter(({ digest }) => absent.has(digest)));
  const bytes = toGet.reduce((sum, layer) => sum + layer.bytes, 0);
  const pulled = { dataset, version, files: groups.length, objects: toGet.length, bytes };
  if (options.dryRun === true) return { ...pulled, lost: await remoteOf(project, 'take anything from others').missing(toGet) };
  const lost = await getAll(project, toGet, options);
  if (lost.length > 0) return { ...pulled, lost };
  const { force = false, signal = new AbortController().signal } = options;
  return { ...pulled, files: await placeGroups(project, { dataset, record, groups, force, signal }), lost };
}

function byPathAndPartition(dataset: string): Error {
  return failure(
    'TG-CLI-USAGE',
    `Cannot pull a part of data.${dataset} by path and by partition: it is a table, whose parts have no paths of yours`,
    'Give --partition alone',
  );
}

async function getAll(project: Project, entries: readonly StoredObject[], options: MovingOptions): Promise<readonly Digest[]> {
  if (entries.length === 0) return [];
  const { objects: local } = project;
  return remoteOf(project, 'take anything from others').getObjects(
    entries.map(({ digest }) => digest),
    async (digest, content) => {
      await (typeof content === 'string' ? local.putFile(content, digest) : local.putBytes(content));
    },
    options,
  );
}

function once<T extends StoredObject>(entries: readonly T[]): readonly T[] {
  return [...new Map(entries.map((entry) => [entry.digest, entry])).values()];
}

function wantedBy(patterns: readonly string[]): (path: string) => boolean {
  return patterns.length === 0 ? () => true : (path) => patterns.some((pattern) => matchesGlob(path, pattern));
}

function noneMatches(dataset: string, patterns: readonly string[]): Error {
  return failure(
    'TG-CLI-NOT-FOUND',
    `Cannot pull data.${dataset}: none of its paths matches "${patterns.join('", "')}"`,
    `See "tidegate data ls ${dataset}"; paths begin at the project, as in --path "data/${dataset}/**"; a folder "day=2026-01-01" is a partition`,
  );
}
