import { type Digest, parseSharedRelease, type Zone } from '@tidegate/formats';
import { concurrently } from '../../../platform/index.ts';
import { digestsIn } from '../../collect/digests-in.ts';
import { remoteIndex } from '../index/remote-index.ts';
import type { Abortable, ListedFile, RemoteFiles } from '../remote-files.ts';
import { followAll } from './follow.ts';
import { keyIn, listRecords, needsIn, readJson } from './remote-records.ts';

/** What projects that share a remote need of it, but for one of them. */
export interface NeededByOthers {
  /** Objects, each with the first reason for it. */
  readonly objects: ReadonlyMap<Digest, string>;
  /** Keys of results. */
  readonly results: ReadonlySet<Digest>;
}

export interface OthersRequest extends Abortable {
  readonly files: RemoteFiles;
  readonly zone: Zone;
  /** Folder for files on their way. */
  readonly scratch: string;
  /** Names of the project whose own needs do not count. */
  readonly own: ReadonlySet<string>;
}

/** Records read at once: a place far away answers each of them late. */
const readAtOnce = 32;

/**
 * What other projects have said that they need, their releases and histories, with all that this leads to. Where there is no other project, only names of records are read.
 *
 * @throws TG-STORE-REMOTE when what another project needs cannot be read
 */
export async function neededByOthers(request: OthersRequest): Promise<NeededByOthers> {
  const { files, zone, scratch, own, signal } = request;
  const listed = await listRecords(files, { signal });
  const [roots, results] = [new Map<Digest, string>(), new Map<Digest, string>()];
  const keep = (into: Map<Digest, string>, digests: Iterable<Digest>, why: string): void => {
    for (const digest of digests) if (!into.has(digest)) into.set(digest, why);
  };
  const needs = (listed.get('needs') ?? []).filter(({ name }) => !own.has(name.split('/')[3] ?? ''));
  for (const one of await concurrently(readAtOnce, needs, async ({ name }) => needsIn(files, { name, doing: 'erase objects' }))) {
    keep(roots, one.pins, `tidegate.lock of ${one.project}`);
    keep(results, one.results, `result that ${one.project} keeps`);
  }
  for (const record of await concurrently(readAtOnce, listed.get('releases') ?? [], async ({ name }) => readJson(files, name))) {
    const release = parseSharedRelease(record);
    if (release === null || own.has(release.project)) continue;
    keep(roots, digestsIn(JSON.stringify({ ...release, results: [] })), `release of ${release.project}`);
    keep(results, release.results, `made a release of ${release.project}`);
  }
  const lines = (listed.get('deployments') ?? []).filter(({ name }) => !own.has(name.split('/')[2] ?? ''));
  await concurrently(readAtOnce, lines, async ({ name }) =>
    keep(roots, digestsIn(JSON.stringify(await readJson(files, name))), `history of ${name.split('/')[2] ?? ''}`),
  );
  await concurrently(readAtOnce, withKeys(listed.get('results') ?? [], results), async ({ name, key, why }) =>
    keep(roots, [key, ...digestsIn(JSON.stringify(await readJson(files, name)))], why),
  );
  if (roots.size === 0) return { objects: roots, results: new Set() };
  const place = { files, index: remoteIndex(files, { zone, cache: null }), zone, scratch };
  const { objects } = await followAll(place, roots, { signal });
  return { objects, results: new Set(results.keys()) };
}

interface NeededResult {
  readonly name: string;
  readonly key: Digest;
  readonly why: string;
}

function withKeys(listed: readonly ListedFile[], wanted: ReadonlyMap<Digest, string>): readonly NeededResult[] {
  return listed.flatMap(({ name }) => {
    const key = keyIn(name);
    const why = key === null ? undefined : wanted.get(key);
    return key === null || why === undefined ? [] : [{ name, key, why }];
  });
}
