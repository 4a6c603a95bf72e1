import {
  type Artifact,
  type BundleManifest,
  canonicalJson,
  compareCodeUnits,
  type Digest,
  failure,
  hexOf,
  recordJson,
  type SharedRelease,
  type SharedResult,
  type StepName,
} from '@tidegate/formats';
import { concurrently, statSync } from '../../platform/index.ts';
import { type ObjectStore, type PackedFile, type State, writeTar } from '../../store/index.ts';
import { contentOf, type ObjectToSend, objectsIn, objectsOf } from '../cache/objects-of.ts';
import { findAnyResult } from '../cache/results.ts';
import { sharedOf } from '../cache/shared-of.ts';

export interface BundleContent {
  readonly steps: readonly { readonly step: StepName; readonly key: Digest }[];
  readonly releases: readonly SharedRelease[];
  /** Besides the outputs of the steps. */
  readonly artifacts: readonly Pick<Artifact, 'kind' | 'digest'>[];
}

export interface Exported {
  readonly results: number;
  readonly releases: number;
  readonly objects: number;
  readonly bytes: number;
}

/** How the manifest is called in a bundle. */
export const manifestName = 'tidegate-bundle.json';

export function objectName(digest: Digest): string {
  return `objects/${hexOf(digest).slice(0, 2)}/${hexOf(digest).slice(2)}`;
}

/**
 * Writes results with everything they are made of into one file, the same bytes for the same content. Steps without a result are left out.
 *
 * @throws TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT when something of a result is nowhere; TG-CLI-NOT-FOUND when there is nothing to write
 */
export async function exportBundle(
  { store, state }: { readonly store: ObjectStore; readonly state: State },
  content: BundleContent,
  file: string,
): Promise<Exported> {
  const results = resultsOf(state, content.steps);
  const wanted = new Map<Digest, ObjectToSend>();
  for (const { result, step } of results) for (const object of requireWhole(await objectsOf(store, result), step)) note(wanted, object);
  for (const { kind, digest } of content.artifacts)
    for (const object of requireWhole(await objectsIn(store, { kind, digest, bytes: null }), digest)) note(wanted, object);
  if (wanted.size === 0)
    throw failure('TG-CLI-NOT-FOUND', 'Cannot export anything: nothing of that name has a result', 'Run it first: tidegate run');
  const ordered = [...wanted.values()].sort((a, b) => compareCodeUnits(a.digest, b.digest));
  const objects = await concurrently(8, ordered, async (object) => ({ digest: object.digest, bytes: await lengthOf(store, object) }));
  const manifest: BundleManifest = {
    format: 'tidegate.bundle/1',
    results: results.map(({ step, result }): SharedResult => sharedOf(step, result)),
    releases: content.releases,
    objects,
  };
  await writeTar(file, filesOf(store, manifest));
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
  return { results: results.length, releases: content.releases.length, objects: objects.length, bytes };
}

function resultsOf(state: State, steps: BundleContent['steps']) {
  const byKey = new Map(steps.map(({ step, key }) => [key, step]));
  return [...byKey].flatMap(([key, step]) => {
    const result = findAnyResult(state, key);
    return result === null ? [] : [{ step, result }];
  });
}

function requireWhole(objects: readonly ObjectToSend[] | null, what: string): readonly ObjectToSend[] {
  if (objects !== null) return objects;
  throw failure('TG-STORE-OBJECT-MISSING', `Cannot export "${what}": a folder of it is nowhere`, 'Run "tidegate run" to make it again');
}

/** A length that is known stays. */
function note(wanted: Map<Digest, ObjectToSend>, object: ObjectToSend): void {
  if (wanted.get(object.digest)?.bytes == null) wanted.set(object.digest, object);
}

async function lengthOf(store: ObjectStore, object: ObjectToSend): Promise<number> {
  if (object.bytes !== null) return object.bytes;
  const content = await contentOf(store, object);
  return typeof content === 'string' ? statSync(content).size : content.byteLength;
}

async function* filesOf(store: ObjectStore, manifest: BundleManifest): AsyncGenerator<PackedFile> {
  const text = Buffer.from(canonicalJson(recordJson(manifest)));
  yield { path: manifestName, bytes: text.byteLength, source: text };
  for (const object of manifest.objects)
    yield { path: objectName(object.digest), bytes: object.bytes, source: await contentOf(store, object) };
}
