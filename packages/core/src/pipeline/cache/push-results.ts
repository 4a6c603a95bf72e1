import {
  type Artifact,
  type Digest,
  type Json,
  parseSharedResult,
  recordJson,
  type SharedResult,
  type StepRecord,
  TidegateError,
} from '@tidegate/formats';
import { concurrently } from '../../platform/index.ts';
import type { MovingOptions, ObjectStore, Remote, State } from '../../store/index.ts';
import { findResult } from './results.ts';
import { contentOf, type ObjectToSend, objectsIn, objectsOf } from './objects-of.ts';
import { sharedName, sharedPlaces } from './shared-name.ts';
import { sharedOf } from './shared-of.ts';

/** Files and records on their way at once. */
const sentAtOnce = 8;

/** What a push has sent; what was there already does not count. */
export interface Pushed {
  readonly results: number;
  readonly objects: number;
  readonly bytes: number;
}

/** A result on its way, and every object of it. */
interface ResultToSend {
  readonly result: SharedResult;
  readonly objects: readonly ObjectToSend[];
}

/**
 * Puts the results of these steps into a remote, in the zone that it was opened for: first every object that it does not have, asked for in one batch,
 * then the records. Left out is a step without a key, a result of a zone that is trusted less, and one of whose objects some are nowhere. May be
 * killed, repeated, and run by several at once.
 *
 * @throws TG-STORE-REMOTE, TG-STORE-REMOTE-UNREACHABLE, TG-STORE-REMOTE-NOT-WRITABLE
 */
export async function pushResults(
  { state, store, remote }: Places & { readonly state: State },
  steps: readonly Pick<StepRecord, 'step' | 'key'>[],
  options: MovingOptions = {},
): Promise<Pushed> {
  const all: ResultToSend[] = [];
  for (const { step, key } of steps) {
    const result = key === null ? null : findResult(state, key, remote.zone);
    const objects = result === null ? null : await objectsOf(store, result);
    if (result !== null && objects !== null) all.push({ result: sharedOf(step, result), objects });
  }
  const known = await knownResults(remote, all);
  const asked = all.flatMap(({ objects }, index) => [...objects, ...outputsOf(known[index] ?? null)]);
  const gone = await missingIn(remote, asked);
  const wanted = all.filter((one, index) => isWanted(one, known[index] ?? null, gone));
  const { lost, sent, bytes } = await sendObjects(
    { store, remote },
    wanted.flatMap(({ objects }) => objects.filter(({ digest }) => gone.has(digest))),
    options,
  );
  const whole = wanted.filter(({ objects }) => !objects.some(({ digest }) => lost.has(digest)));
  const written = await concurrently(sentAtOnce, whole, ({ result }) => shareRecord(remote, result));
  return { results: written.filter((isWritten) => isWritten).length, objects: sent, bytes };
}

/** What whoever may read the remote's zone finds of each, the most trusted; one question, however many there are. */
async function knownResults(remote: Remote, all: readonly ResultToSend[]): Promise<readonly (SharedResult | null)[]> {
  const places = all.map(({ result }) => sharedPlaces(remote.zone, result.key).map(({ name }) => name));
  const records = await remote.readRecords(places.flat());
  let at = 0;
  return places.map((names, index) => {
    const found = records.slice(at, (at += names.length)).map((record) => resultUnder(record, all[index]?.result.key));
    return found.find((result) => result !== null) ?? null;
  });
}

/** Of two results for one key the first counts, unless objects of it are gone; those of a folder are known where it is the same one. */
function isWanted({ result, objects }: ResultToSend, known: SharedResult | null, gone: ReadonlySet<Digest>): boolean {
  if (known === null || outputsOf(known).some(({ digest }) => gone.has(digest))) return true;
  const isSame = Object.keys(result.outputs).every((output) => known.outputs[output]?.digest === result.outputs[output]?.digest);
  return isSame && objects.some(({ digest }) => gone.has(digest));
}

async function missingIn(remote: Remote, objects: readonly ObjectToSend[]): Promise<ReadonlySet<Digest>> {
  return new Set(await remote.missing([...new Map(objects.map((object) => [object.digest, object])).values()]));
}

function resultUnder(record: Json | null, key: Digest | undefined): SharedResult | null {
  const result = parseSharedResult(record);
  return result?.key === key ? result : null;
}

/** Files of trees are not looked into, for those are read only by who takes the result. */
function outputsOf(result: SharedResult | null): readonly ObjectToSend[] {
  return Object.values(result?.outputs ?? {}).map(({ kind, digest, bytes }) => ({ digest, bytes: kind === 'file' ? bytes : null }));
}

/** Puts artifacts with all their files into a remote; what is nowhere is left out. */
export async function pushArtifacts(
  places: Places,
  artifacts: readonly Pick<Artifact, 'kind' | 'digest'>[],
  options: MovingOptions = {},
): Promise<Pick<Pushed, 'objects' | 'bytes'>> {
  const found = await Promise.all(artifacts.map(({ kind, digest }) => objectsIn(places.store, { kind, digest, bytes: null })));
  const objects = found.flatMap((some) => some ?? []);
  const { sent, bytes } = await sendObjects(places, objects, options);
  return { objects: sent, bytes };
}

interface Places {
  readonly store: ObjectStore;
  readonly remote: Remote;
}

/** Sends objects that the remote does not have; `lost` are those that are nowhere. */
async function sendObjects(
  { store, remote }: Places,
  objects: readonly ObjectToSend[],
  options: MovingOptions,
): Promise<{ readonly lost: ReadonlySet<Digest>; readonly sent: number; readonly bytes: number }> {
  const report = await remote.putObjects(
    objects.map((object) => ({ ...object, content: () => contentOf(store, object).catch(absent) })),
    options,
  );
  return { lost: new Set(report.lost), sent: report.objects, bytes: report.bytes };
}

/**
 * Puts a record where none is, or in the place of one that is broken or whose objects are gone; one that somebody else has put there meanwhile stays.
 * @returns whether it was written
 */
async function shareRecord(remote: Remote, result: SharedResult): Promise<boolean> {
  const name = sharedName(remote.zone, result.key);
  if (await remote.addRecord(name, recordJson(result))) return true;
  const [there = null] = await remote.readRecords([name]);
  const known = resultUnder(there, result.key);
  if (known !== null && (await missingIn(remote, outputsOf(known))).size === 0) return false;
  await remote.replaceRecord(name, recordJson(result));
  return true;
}

function absent(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}
