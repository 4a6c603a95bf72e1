import { type Digest, type Json, parseSharedRelease, type RemoteNeeds } from '@tidegate/formats';
import { concurrently } from '../../../platform/index.ts';
import { digestsIn } from '../../collect/digests-in.ts';
import type { Abortable, RemoteFiles } from '../remote-files.ts';
import { keyIn, listRecords, needsIn, readJson } from './remote-records.ts';

/** A record that nothing needs any more. */
export interface RecordToGo {
  /** Name of its file. */
  readonly name: string;
  readonly why: string;
}

/** What the records of a remote need, of all projects that share it. */
export interface Needed {
  /** What is needed, and the first reason for it; what it leads to is needed as well. */
  readonly roots: ReadonlyMap<Digest, string>;
  readonly goes: readonly RecordToGo[];
  /** The newest word of each project that it needs something. */
  readonly projects: readonly Pick<RemoteNeeds, 'project' | 'at'>[];
}

interface Asking extends Abortable {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

const dayMs = 86_400_000;

/** A working copy that has not pushed for so long when another one of its project has is given up. */
const cloneDays = 90;

/** How long results stay that nobody names, when no project says otherwise. */
const resultDays = 30;

/** Records read at once: a place far away answers each of them late. */
const readAtOnce = 32;

/**
 * Reads what every project has said that it needs, and all histories and releases. Of a sort of record that is not known here everything is needed that
 * it names.
 *
 * @throws TG-STORE-REMOTE when what a project needs cannot be read: then nothing can be called garbage
 */
export async function readNeeded(files: RemoteFiles, { nowMs, signal }: Asking): Promise<Needed> {
  const listed = await listRecords(files, { signal });
  const roots = new Map<Digest, string>();
  const goes: RecordToGo[] = [];
  const keep = (digests: Iterable<Digest>, why: string): void => {
    for (const digest of digests) if (!roots.has(digest)) roots.set(digest, why);
  };

  const needs = await concurrently(readAtOnce, listed.get('needs') ?? [], async (file) => ({
    file,
    record: await needsIn(files, { name: file.name, doing: 'collect garbage' }),
  }));
  const newest = new Map<string, string>();
  for (const { record } of needs) if (record.at > (newest.get(record.project) ?? '')) newest.set(record.project, record.at);
  const keys = new Map<Digest, string>();
  for (const { file, record } of needs) {
    if (Date.parse(newest.get(record.project) ?? '') - Date.parse(record.at) > cloneDays * dayMs) {
      goes.push({ name: file.name, why: `that working copy of ${record.project} has not pushed for ${cloneDays} days` });
      continue;
    }
    keep(record.pins, `tidegate.lock of ${record.project}`);
    for (const key of record.results) keys.set(key, `result that ${record.project} keeps`);
  }
  for (const file of listed.get('releases') ?? []) {
    const record = await readJson(files, file.name);
    const release = parseSharedRelease(record);
    keep(
      digestsIn(JSON.stringify(release === null ? record : { ...release, results: [] })),
      `release of ${release?.project ?? 'a project'}`,
    );
    for (const key of release?.results ?? []) if (!keys.has(key)) keys.set(key, `made a release of ${release?.project ?? 'a project'}`);
  }
  const days = Math.max(resultDays, ...needs.map(({ record }) => record.keepDays));
  for (const [sort, some] of listed)
    if (!['histories', 'needs', 'positions', 'releases', 'results', 'tombstones'].includes(sort))
      await concurrently(readAtOnce, some, async ({ name }) => keep(digestsIn(JSON.stringify(await readJson(files, name))), whyOf(name)));
  for (const { name } of listed.get('tombstones') ?? [])
    keep(standingIn(await readJson(files, name)), 'stands in the place of a version of which rows were forgotten');
  // one that is still of use is put again by whoever has it, and without it a source is read as a whole
  for (const { name, changedAtMs } of listed.get('positions') ?? [])
    if (changedAtMs <= nowMs - days * dayMs) goes.push({ name, why: `how far a source was read more than ${days} days ago` });
  await concurrently(readAtOnce, listed.get('results') ?? [], async ({ name, changedAtMs }) => {
    const key = keyIn(name);
    const why =
      (key === null ? 'a result under a name of its own' : keys.get(key)) ??
      (changedAtMs > nowMs - days * dayMs ? `result of the last ${days} days` : null);
    if (why === null) goes.push({ name, why: `no project keeps the result, and it is older than ${days} days` });
    else keep([...(key === null ? [] : [key]), ...digestsIn(JSON.stringify(await readJson(files, name)))], why);
  });
  return { roots, goes, projects: [...newest].map(([project, at]) => ({ project, at })) };
}

/** What a tombstone names as the new ones: what had the rows is needed by nobody. Of one that is not understood all of it is kept. */
function standingIn(tombstone: Json): Iterable<Digest> {
  const pairs = [tombstone].flatMap((one) =>
    typeof one === 'object' && one !== null && 'versions' in one && 'tables' in one ? [one['versions'], one['tables']].flat() : [],
  );
  const after = pairs.flatMap((pair) => (typeof pair === 'object' && pair !== null && 'after' in pair ? [pair['after']] : []));
  return digestsIn(JSON.stringify(after.length === 0 ? tombstone : after));
}

function whyOf(name: string): string {
  const [, sort = '', project = '', environment = ''] = name.split('/');
  return sort === 'deployments' ? `history of ${project} in ${environment}` : `named by "${name}"`;
}
