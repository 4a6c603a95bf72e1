import { join } from 'node:path';
import { digest, type Digest, type Json, recordJson, type RowTombstone } from '@tidegate/formats';
import { readVersion } from '../../data/index.ts';
import { pushArtifacts, sharedPlaces } from '../../pipeline/index.ts';
import { type ErasedFromRemote, eraseFromRemote, neededByOthers, type Remote, replacements } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { namesOf } from '../store/collect/known-projects.ts';
import type { KeptTombstone } from './tombstones.ts';

/** What went out of a remote. */
export interface ForgottenThere extends ErasedFromRemote {
  /** What stays, for other projects that share the remote need it: of what each of them needs one object. */
  readonly held: RowTombstone['held'];
}

/**
 * Does in the remote what was done here: what stands in the place of versions that it has is put there, then the tombstone, and then what is to go is taken out, results
 * that were made from the rows first; what other projects that share the remote need stays. May be killed and called again.
 *
 * @throws as `eraseFromRemote`; TG-STORE-REMOTE-UNREACHABLE
 */
export async function forgetInRemote(
  project: Project,
  remote: Remote,
  { tombstone, going, signal }: Pick<KeptTombstone, 'tombstone' | 'going'> & { readonly signal: AbortSignal },
): Promise<ForgottenThere> {
  await remote.check();
  await pushReplacements(project, remote, tombstone);
  await addTombstone(remote, tombstone);
  const { files, zone } = remote;
  const scratch = join(project.home.objects, 'incoming');
  const others = await neededByOthers({ files, zone, scratch, own: namesOf(project.state, project), signal });
  const keys = keysOf(project, tombstone).filter((key) => !others.results.has(key));
  const results = keys.flatMap((key) => sharedPlaces('untrusted', key).map(({ name }) => `records/${name}.json`));
  if (results.length > 0) await files.remove(results, { signal, everyVersion: true });
  const digests = new Set(going.filter((one) => !others.objects.has(one)));
  return { ...(await eraseFromRemote({ files, zone, scratch, digests, signal })), held: heldThere(going, others.objects) };
}

/** One object for each reason. */
function heldThere(going: readonly Digest[], others: ReadonlyMap<Digest, string>): RowTombstone['held'] {
  const held = new Map<string, Digest>();
  for (const one of going) {
    const why = others.get(one);
    if (why !== undefined && !held.has(why)) held.set(why, one);
  }
  return [...held].map(([why, one]) => ({ digest: one, why: `needed in the remote: ${why}` }));
}

/** More rows may have been forgotten since: then it is the newest that stands there. */
async function pushReplacements({ store, state, name }: Project, remote: Remote, { versions }: RowTombstone): Promise<void> {
  const { newest } = replacements(state, name);
  const gone = new Set(await remote.missing(versions.map(({ before }) => ({ digest: before, bytes: null }))));
  for (const { before, after } of versions) {
    if (gone.has(before)) continue;
    const now = newest(after);
    const { tree } = await readVersion(store, { digest: now });
    await pushArtifacts({ store, remote }, [
      { kind: 'file', digest: now },
      { kind: 'tree', digest: tree },
    ]);
  }
}

/** Results that are not taken any more since these rows were forgotten. */
function keysOf({ state }: Project, { id }: RowTombstone): readonly Digest[] {
  return state
    .prepare('SELECT key FROM tombstone WHERE why LIKE ?')
    .all(`%(${id})`)
    .map((row) => digest(String(row['key'])));
}

/** Tombstones of a dataset stand in the remote as 1, 2, 3 …, so that they are found without a listing. */
async function addTombstone(remote: Remote, tombstone: RowTombstone): Promise<void> {
  const { project, dataset, id } = tombstone;
  for (let number = 1; ; number++) {
    const name = tombstoneName(project, dataset, number);
    const [there = null] = await remote.readRecords([name]);
    if (there === null ? await remote.addRecord(name, recordJson(tombstone)) : isTombstone(there) && there.id === id) return;
  }
}

function tombstoneName(project: string, dataset: string, number: number): string {
  return `tombstones/${project}/${dataset}/${number}`;
}

/** Read between two questions. */
const atOnce = 16;

/** The tombstones of a dataset that the remote has, oldest first. */
export async function sharedTombstones(remote: Remote, project: string, dataset: string): Promise<readonly RowTombstone[]> {
  const found: RowTombstone[] = [];
  for (let number = 1; ; number += atOnce) {
    const names = Array.from({ length: atOnce }, (_, at) => tombstoneName(project, dataset, number + at));
    const records = await remote.readRecords(names);
    found.push(...records.filter(isTombstone).filter((one) => one.project === project && one.dataset === dataset));
    if (records.includes(null)) return found;
  }
}

/** Datasets of which the remote has a tombstone that is not among those known of them, by id. One question for all of them, however many they are. */
export async function newTombstonesIn(
  remote: Remote,
  project: string,
  known: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<readonly string[]> {
  // of one more than are known one is new, if there are so many
  const asked = [...known].flatMap(([dataset, { size }]) => Array.from({ length: size + 1 }, (_, at) => ({ dataset, number: at + 1 })));
  const records = await remote.readRecords(asked.map(({ dataset, number }) => tombstoneName(project, dataset, number)));
  const isNew = records.map((record, at) => isTombstone(record) && known.get(asked[at]?.dataset ?? '')?.has(record.id) === false);
  return [...new Set(asked.flatMap(({ dataset }, at) => (isNew[at] === true ? [dataset] : [])))];
}

/** What is read of one has its type. */
function isTombstone(record: Json): record is Json & RowTombstone {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return false;
  const { format, id, versions, tables, keys, columns, signature, publicKey } = record as { readonly [member: string]: Json };
  const arePairs = [versions, tables].every((list) => Array.isArray(list) && list.every(isPair));
  const areTexts = [keys, columns].every((list) => Array.isArray(list) && list.every((one) => typeof one === 'string'));
  return format === 'tidegate.tombstone/1' && [id, signature, publicKey].every((one) => typeof one === 'string') && arePairs && areTexts;
}

function isPair(value: Json): boolean {
  if (typeof value !== 'object' || value === null || !('before' in value) || !('after' in value)) return false;
  return [value['before'], value['after']].every((one) => typeof one === 'string' && /^sha256:[0-9a-f]{64}$/.test(one));
}
