import {
  type Artifact,
  type Digest,
  hexOf,
  type KeyRecord,
  parseSharedResult,
  recordJson,
  type SharedResult,
  type StepRecord,
  TidegateError,
} from '@tidegate/formats';
import { concurrently } from '../../platform/index.ts';
import type { ObjectStore, Remote, State } from '../../store/index.ts';
import type { EngineParts } from '../engine-parts.ts';
import { keyOf } from './key.ts';
import { missingObjects } from './missing-objects.ts';
import { findResult, recordResult, type StoredResult } from './results.ts';

/** Files on their way at once. */
const sentAtOnce = 8;

/**
 * The result that another machine has put under this key, if all its objects are there; it counts as one of this home from then on, though its
 * objects are fetched only when somebody reads them. What is damaged or no such record is none.
 */
export async function takeSharedResult(parts: EngineParts, record: KeyRecord): Promise<StoredResult | null> {
  if (parts.remote === null) return null;
  const key = keyOf(record);
  const shared = await readShared(parts.remote, key);
  if (shared === null || shared.step !== record.step) return null;
  if ((await unusableObjects(parts, record, shared.outputs)).length > 0) return null;
  await parts.store.putJson(record);
  const owner = { project: parts.project.name, step: shared.step, replace: true };
  return parts.state.commit(() => recordResult(parts.state, shared, owner));
}

/**
 * Objects of a result that are nowhere, or damaged. With a remote, the files of outputs that have a path are fetched here: they are put into the
 * user's tree at the end, when it would be too late to run the step instead.
 */
export async function unusableObjects(
  { store, remote }: EngineParts,
  record: KeyRecord,
  outputs: StoredResult['outputs'],
): Promise<readonly Digest[]> {
  const gone = await missingObjects(store, Object.values(outputs));
  if (gone.length > 0 || remote === null) return gone;
  const placed = Object.entries(outputs).flatMap(([name, artifact]) => (record.outputs[name] === null ? [] : [artifact]));
  const files = (await Promise.all(placed.map((artifact) => objectsIn(store, artifact)))).flatMap((found) => found ?? []);
  const paths = await concurrently(sentAtOnce, files, ({ digest }) => store.pathOf(digest).catch(absent));
  return files.flatMap(({ digest }, index) => (paths[index] === null ? [digest] : []));
}

/** Takes results over by their keys whether or not their objects are at hand, so that what they were made from can be told. */
export async function importResults({ state, remote, project }: Importing, keys: readonly Digest[]): Promise<void> {
  const unknown = [...new Set(keys)].filter((key) => findResult(state, key) === null);
  const found = await concurrently(sentAtOnce, unknown, (key) => readShared(remote, key));
  state.commit(() => {
    for (const shared of found) if (shared !== null) recordResult(state, shared, { project, step: shared.step, replace: false });
  });
}

interface Importing {
  readonly state: State;
  readonly remote: Remote;
  /** Its name. */
  readonly project: string;
}

async function readShared(remote: Remote, key: Digest): Promise<SharedResult | null> {
  const shared = parseSharedResult(await remote.readRecord(nameOf(key)));
  return shared?.key === key ? shared : null;
}

function nameOf(key: Digest): string {
  return `results/${hexOf(key).slice(0, 2)}/${hexOf(key).slice(2)}`;
}

/** What a push has sent; what was there already does not count. */
export interface Pushed {
  readonly results: number;
  readonly objects: number;
  readonly bytes: number;
}

interface ObjectToSend {
  readonly digest: Digest;
  readonly bytes: number | null;
}

/**
 * Puts the results of these steps into a remote: first every object that it does not have, asked for in one batch, then the records. A step
 * without a key is left out, and so is one of whose objects some are nowhere. May be killed, repeated, and run by several at once.
 *
 * @throws TG-STORE-REMOTE, TG-STORE-REMOTE-NOT-WRITABLE
 */
export async function pushResults(
  { state, store, remote }: { readonly state: State; readonly store: ObjectStore; readonly remote: Remote },
  steps: readonly Pick<StepRecord, 'step' | 'key'>[],
): Promise<Pushed> {
  const results: (SharedResult & { readonly objects: readonly ObjectToSend[] })[] = [];
  for (const { step, key } of steps) {
    const result = key === null ? null : findResult(state, key);
    const objects = result === null ? null : await objectsOf(store, result);
    if (result !== null && objects !== null) results.push({ format: 'tidegate.shared-result/1', step, ...result, objects });
  }
  const { gone, lost, all } = await sendObjects(
    { store, remote },
    results.flatMap(({ objects }) => objects),
  );
  let written = 0;
  for (const { objects, ...result } of results)
    if (!objects.some(({ digest }) => lost.has(digest)) && (await shareRecord(remote, result))) written += 1;
  const sent = gone.filter((digest) => !lost.has(digest));
  return { results: written, objects: sent.length, bytes: sent.reduce((sum, digest) => sum + (all.get(digest)?.bytes ?? 0), 0) };
}

/** Puts artifacts with all their files into a remote; what is nowhere is left out. */
export async function pushArtifacts(places: Places, artifacts: readonly Pick<Artifact, 'kind' | 'digest'>[]): Promise<void> {
  const found = await Promise.all(artifacts.map(({ kind, digest }) => objectsIn(places.store, { kind, digest, bytes: null })));
  await sendObjects(
    places,
    found.flatMap((objects) => objects ?? []),
  );
}

interface Places {
  readonly store: ObjectStore;
  readonly remote: Remote;
}

/** Sends what the remote does not have, asked for in one batch. */
async function sendObjects(
  places: Places,
  objects: readonly ObjectToSend[],
): Promise<{ readonly all: ReadonlyMap<Digest, ObjectToSend>; readonly gone: readonly Digest[]; readonly lost: ReadonlySet<Digest> }> {
  const all = new Map(objects.map((object) => [object.digest, object]));
  const gone = [...new Set(await places.remote.missing([...all.values()]))];
  const lost = new Set<Digest>();
  await concurrently(sentAtOnce, gone, (digest) => send(places, digest, lost));
  return { all, gone, lost };
}

async function send({ store, remote }: Places, digest: Digest, lost: Set<Digest>): Promise<void> {
  const path = await store.pathOf(digest).catch(absent);
  if (path === null) lost.add(digest);
  else await remote.putObject(digest, path);
}

/** The key record, and the outputs with the files of trees; null when a tree is nowhere. */
async function objectsOf(store: ObjectStore, { key, outputs }: StoredResult): Promise<readonly ObjectToSend[] | null> {
  const objects: ObjectToSend[] = [{ digest: key, bytes: null }];
  for (const artifact of Object.values(outputs)) {
    const found = await objectsIn(store, artifact);
    if (found === null) return null;
    objects.push(...found);
  }
  return objects;
}

async function objectsIn(
  store: ObjectStore,
  { kind, digest, bytes }: ObjectToSend & Pick<Artifact, 'kind'>,
): Promise<readonly ObjectToSend[] | null> {
  if (kind === 'file') return [{ digest, bytes }];
  const tree = await store.readTree(digest).catch(absent);
  return tree && [{ digest, bytes: null }, ...tree.entries];
}

/** Of two results for one key the first counts, unless objects of it are gone. @returns whether the record was written */
async function shareRecord(remote: Remote, result: SharedResult): Promise<boolean> {
  const name = nameOf(result.key);
  const record = recordJson(result);
  const known = await readShared(remote, result.key);
  if (known === null) return (await remote.addRecord(name, record)) || replaceBroken(remote, result);
  const isSame = Object.keys(result.outputs).every((output) => known.outputs[output]?.digest === result.outputs[output]?.digest);
  if (isSame || (await isWhole(remote, known))) return false;
  await remote.replaceRecord(name, record);
  return true;
}

/** A record is there that cannot be read, or somebody was quicker: theirs counts if it can be read. */
async function replaceBroken(remote: Remote, result: SharedResult): Promise<boolean> {
  if ((await readShared(remote, result.key)) !== null) return false;
  await remote.replaceRecord(nameOf(result.key), recordJson(result));
  return true;
}

/** Whether the outputs are there; files of trees are not looked into, for those are read only by who takes the result. */
async function isWhole(remote: Remote, { outputs }: SharedResult): Promise<boolean> {
  const wanted = Object.values(outputs).map(({ kind, digest, bytes }) => ({ digest, bytes: kind === 'file' ? bytes : null }));
  return (await remote.missing(wanted)).length === 0;
}

function absent(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}
