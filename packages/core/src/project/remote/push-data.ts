import type { DatasetVersion, Digest } from '@tidegate/formats';
import { readLock } from '../../config/index.ts';
import { readVersion, tableAt } from '../../data/index.ts';
import { contentOf, type ObjectToSend } from '../../pipeline/index.ts';
import { expectFiles } from '../data/many-files.ts';
import { lengthsInTree, type MovingOptions, references, type Remote } from '../../store/index.ts';
import { requireDataset } from '../data/dataset-views.ts';
import { type HeedOptions, heedTombstones } from '../forget/heed-tombstones.ts';
import { refuseForgotten } from '../forget/refuse-forgotten.ts';
import type { Project } from '../project.ts';
import { sharePositions } from '../sources/shared-positions.ts';
import { registerNeeds } from './register-needs.ts';
import { remoteOf } from './remote-of.ts';

export interface PushDataOptions extends MovingOptions, Partial<Pick<HeedOptions, 'onForgotten'>> {
  /** Only says what would be sent. Default false. */
  readonly dryRun?: boolean;
}

/** What became of one dataset. */
export interface PushedDataset {
  readonly dataset: string;
  /** The pinned version; null when nothing is pinned. */
  readonly version: Digest | null;
  /** What the remote did not have. */
  readonly objects: number;
  /** Their length as far as it is known before they are read. */
  readonly bytes: number;
  /** Bytes that went over the line. */
  readonly moved: number;
  /** Objects that are neither here nor there. */
  readonly lost: readonly Digest[];
}

/**
 * Puts the pinned versions of datasets into the remote, with everything that they lead to: what is not there, however long it takes. What had arrived before
 * an interruption is not sent again.
 *
 * @throws TG-CLI-NO-REMOTE, TG-CLI-NOT-FOUND, TG-DATA-FORGOTTEN, TG-DATA-FORGET-BUSY; as `Remote.putObjects`
 */
export async function pushData(
  project: Project,
  names: readonly string[],
  { dryRun = false, ...options }: PushDataOptions = {},
): Promise<readonly PushedDataset[]> {
  const remote = remoteOf(project, 'share data');
  for (const name of names) requireDataset(project, name);
  const { signal = new AbortController().signal, onForgotten = () => {} } = options;
  if (!dryRun) await heedTombstones(project, { signal, onForgotten });
  const { data } = await readLock(project.root);
  if (!dryRun) await registerNeeds(project, remote);
  const all: PushedDataset[] = [];
  for (const dataset of names.length > 0 ? names : Object.keys(project.config.data)) {
    const version = Object.hasOwn(data, dataset) ? (data[dataset] ?? null) : null;
    const none = { dataset, version, objects: 0, bytes: 0, moved: 0, lost: [] };
    if (version !== null && !dryRun) await refuseForgotten(project, remote, { versions: [{ dataset, version }], signal });
    all.push(version === null ? none : { ...none, ...(await pushVersion(project, remote, { version, dryRun, options })) });
  }
  if (!dryRun) await sharePositions(project, remote);
  return all;
}

interface VersionToPush {
  readonly version: Digest;
  readonly dryRun: boolean;
  readonly options: MovingOptions;
}

type PushedVersion = Pick<PushedDataset, 'objects' | 'bytes' | 'moved' | 'lost'>;

async function pushVersion(project: Project, remote: Remote, { version, dryRun, options }: VersionToPush): Promise<PushedVersion> {
  const { store, objects: local } = project;
  if (!(await store.has(version))) return { objects: 0, bytes: 0, moved: 0, lost: [version] };
  const wanted = await missingOf(project, remote, version);
  const here = new Set(await local.missing(wanted));
  const lost = wanted.flatMap(({ digest }) => (here.has(digest) ? [digest] : []));
  if (dryRun) return { objects: wanted.length, bytes: wanted.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0), moved: 0, lost };
  const put = await remote.putObjects(
    wanted.map((object) => ({ ...object, content: async () => (here.has(object.digest) ? null : contentOf(store, object)) })),
    options,
  );
  return { objects: put.objects, bytes: put.bytes, moved: put.moved, lost: put.lost };
}

/** What a version leads to and the remote does not have. A function of its own, so that what it needs for it goes before anything is sent. */
async function missingOf(project: Project, remote: Remote, version: Digest): Promise<readonly ObjectToSend[]> {
  const lengths = await lengthsOf(project, version);
  const digests = await references(project.objects, project.state).closureOf([version], project.name);
  const objects = [...digests].map((digest) => ({ digest, bytes: lengths.get(digest) ?? null }));
  const missing = new Set(await remote.missing(objects));
  return objects.filter(({ digest }) => missing.has(digest));
}

/** How long the files of a version are, as far as its records are here: what the others name was not made here. */
async function lengthsOf({ store, objects: local }: Project, version: Digest): Promise<ReadonlyMap<Digest, number>> {
  const { tree, files }: DatasetVersion = await readVersion(store, { digest: version });
  expectFiles(files);
  const table = await tableAt(store, tree);
  if (table !== null) return new Map(table.groups.flatMap(({ layers }) => layers.map(({ digest, bytes }) => [digest, bytes] as const)));
  return lengthsInTree((digest) => local.recordText(digest), tree);
}
