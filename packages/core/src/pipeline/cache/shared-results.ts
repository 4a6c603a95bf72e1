import { type Artifact, type Digest, type KeyRecord, parseSharedResult, type TakenFrom, TidegateError } from '@tidegate/formats';
import { type Clock, isoTime } from '../../platform/index.ts';
import type { ObjectStore, Remote, State } from '../../store/index.ts';
import type { EngineParts } from '../engine-parts.ts';
import { keyOf } from './key.ts';
import { missingObjects } from './missing-objects.ts';
import { findAnyResult, recordResult, type StoredResult } from './results.ts';
import { type SharedPlace, sharedPlaces } from './shared-name.ts';
import { storedOf } from './shared-of.ts';

/**
 * The result that another machine has put under this key in a zone that this one may read, the most trusted first, if all its objects are there; it
 * counts as one of this home from then on, though its objects are fetched only when somebody reads them. What is damaged or no such record is none.
 */
export async function takeSharedResult(parts: EngineParts, record: KeyRecord): Promise<StoredResult | null> {
  const { remote, store, state, project, platform } = parts;
  if (remote === null) return null;
  const key = keyOf(record);
  for (const shared of await readShared({ remote, clock: platform.clock }, key)) {
    if (shared.step !== record.step || (await unusableObjects(parts, record, shared.outputs)).length > 0) continue;
    await store.putJson(record);
    const owner = { project: project.name, step: record.step, replacing: 'gone' } as const;
    return state.note(() => recordResult(state, shared, owner)); // lost by a power failure, it is found there again
  }
  return null;
}

/**
 * Objects of a result that are nowhere, or damaged. With a remote, the files of outputs that have a path are fetched here: they are put into the
 * user's tree at the end, when it would be too late to run the step instead.
 */
export async function unusableObjects(
  { store, remote }: Pick<EngineParts, 'store' | 'remote'>,
  record: KeyRecord,
  outputs: StoredResult['outputs'],
): Promise<readonly Digest[]> {
  const gone = await missingObjects(store, Object.values(outputs));
  if (gone.length > 0 || remote === null) return gone;
  const placed = Object.entries(outputs).flatMap(([name, artifact]) => (record.outputs[name] === null ? [] : [artifact]));
  return store.fetch((await Promise.all(placed.map((artifact) => filesIn(store, artifact)))).flat());
}

async function filesIn(store: ObjectStore, { kind, digest, bytes }: Artifact): Promise<Parameters<ObjectStore['fetch']>[0]> {
  if (kind === 'file') return [{ digest, bytes }];
  return (await store.contentsOf(digest).catch(absent))?.files ?? [{ digest, bytes: null }];
}

/** Takes results over by their keys whether or not their objects are at hand, so that what they were made from can be told. */
export async function importResults({ state, project, ...from }: Importing, keys: readonly Digest[]): Promise<void> {
  const unknown = [...new Set(keys)].filter((key) => findAnyResult(state, key) === null);
  const found = await Promise.all(unknown.map((key) => readShared(from, key)));
  state.commit(() => {
    for (const [shared] of found) if (shared !== undefined) recordResult(state, shared, { project, step: shared.step, replacing: 'none' });
  });
}

interface Importing extends Reading {
  readonly state: State;
  /** Its name. */
  readonly project: string;
}

interface Reading {
  readonly remote: Remote;
  readonly clock: Clock;
}

/** A result as it was found: under its own key, with the zone of the place where it was. */
type FoundResult = StoredResult & { readonly step: KeyRecord['step'] };

/** The results of a key that the zone may read, the most trusted first. */
async function readShared({ remote, clock }: Reading, key: Digest): Promise<readonly FoundResult[]> {
  const places = sharedPlaces(remote.zone, key);
  const records = await remote.readRecords(places.map(({ name }) => name));
  const taken = { place: remote.address, at: isoTime(clock) };
  return places.flatMap((place, index) => foundAt(place, { key, record: records[index] ?? null, taken }));
}

function foundAt(
  { zone }: SharedPlace,
  { key, record, taken }: { readonly key: Digest; readonly record: unknown; readonly taken: TakenFrom },
): readonly FoundResult[] {
  const shared = parseSharedResult(record);
  if (shared === null || shared.key !== key) return [];
  return [{ step: shared.step, ...storedOf(shared, { zone, taken }) }];
}

function absent(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}
