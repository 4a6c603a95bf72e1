import { join } from 'node:path';
import { type BundleManifest, type Digest, parseBundleManifest, type SharedResult, type Zone } from '@tidegate/formats';
import { type Clock, concurrently, freeBytes, isoTime, mkdir, rm, temporaryBeside } from '../../platform/index.ts';
import { type Home, type ObjectStore, readTar, refusedArchive, type State } from '../../store/index.ts';
import { findKeyRecord } from '../cache/decide.ts';
import { missingObjects } from '../cache/missing-objects.ts';
import { findAnyResult, recordResult, type Replacing } from '../cache/results.ts';
import { storedOf } from '../cache/shared-of.ts';
import { manifestName, objectName } from './export-bundle.ts';
import { readManifest, writeObject } from './stage-entry.ts';

export interface ImportParts {
  readonly store: ObjectStore;
  readonly state: State;
  readonly home: Pick<Home, 'objects'>;
  readonly clock: Clock;
  /** Its name. */
  readonly project: string;
}

export interface Imported {
  readonly manifest: BundleManifest;
  /** Of its results, those that were not there before. */
  readonly results: number;
}

/** More objects than this are no bundle. */
const mostObjects = 1_000_000;

/**
 * Takes over a bundle: read into a folder of its own first, every object compared with its digest and with what the manifest announces, and only
 * when all of it is right put into the store. Its results count as made by runs of `zone`, whatever the bundle says; one that is there stays.
 *
 * @throws TG-STORE-BUNDLE when anything is not as it should be; then nothing of the bundle is kept
 */
export async function importBundle(parts: ImportParts, file: string, zone: Zone): Promise<Imported> {
  const staging = temporaryBeside(join(parts.home.objects, 'incoming', 'bundle'));
  await mkdir(staging, { recursive: true });
  try {
    const manifest = await stage(file, staging);
    await concurrently(4, manifest.objects, async ({ digest }) => {
      await parts.store.putFile(join(staging, digest.slice(7)), digest);
      await rm(join(staging, digest.slice(7)));
    });
    for (const result of manifest.results) await requireKey(parts, file, result);
    const results = await recordAll(parts, manifest, { file, zone });
    return { manifest, results };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Reads the bundle into the folder, each object under its digest. */
async function stage(file: string, staging: string): Promise<BundleManifest> {
  const free = await freeBytes(staging);
  let manifest: BundleManifest | null = null;
  let arrived = 0;
  await readTar(file, { entries: mostObjects + 1, bytes: free }, async (entry, content) => {
    if (manifest === null) {
      if (entry.path !== manifestName) throw refusedArchive(file, `it does not begin with "${manifestName}"`);
      manifest = checked(file, parseBundleManifest(await readManifest(file, entry, content)), free);
      return;
    }
    const expected = manifest.objects[arrived++];
    if (expected === undefined || entry.path !== objectName(expected.digest) || entry.bytes !== expected.bytes)
      throw refusedArchive(file, `the entry "${entry.path}" is not the one that its manifest announces there`);
    const digest = await writeObject(join(staging, expected.digest.slice(7)), content);
    if (digest !== expected.digest) throw refusedArchive(file, `the bytes of "${entry.path}" have another digest`);
  });
  return complete(file, manifest, arrived);
}

function complete(file: string, manifest: BundleManifest | null, arrived: number): BundleManifest {
  if (manifest === null) throw refusedArchive(file, 'it is empty');
  if (arrived === manifest.objects.length) return manifest;
  throw refusedArchive(file, `it has ${arrived} of the ${manifest.objects.length} objects that its manifest announces`);
}

function checked(file: string, manifest: BundleManifest | null, free: number): BundleManifest {
  if (manifest === null) throw refusedArchive(file, `its "${manifestName}" is of another version of Tidegate, or none`);
  const bytes = manifest.objects.reduce((sum, object) => sum + object.bytes, 0);
  if (bytes > free) throw refusedArchive(file, `it unpacks to ${bytes} bytes, and ${free} are free`);
  const there = new Set<Digest>(manifest.objects.map(({ digest }) => digest));
  for (const { key, step, outputs } of manifest.results)
    if (!there.has(key) || Object.values(outputs).some(({ digest }) => !there.has(digest)))
      throw refusedArchive(file, `it has a result of "${step}" without its objects`);
  return manifest;
}

/** A result counts for the step that its key is of. */
async function requireKey({ store }: ImportParts, file: string, { key, step }: SharedResult): Promise<void> {
  const record = await findKeyRecord({ store }, key);
  if (record?.step !== step) throw refusedArchive(file, `the key of a result of "${step}" is that of another step, or none`);
}

async function recordAll(
  parts: ImportParts,
  { results }: BundleManifest,
  { file, zone }: { readonly file: string; readonly zone: Zone },
): Promise<number> {
  const taken = { place: file, at: isoTime(parts.clock) };
  const replacings = await Promise.all(results.map(({ key }) => replacingOf(parts, key)));
  return parts.state.commit(() => {
    const recorded = results.filter((shared, index) => {
      const stored = storedOf(shared, { zone, taken });
      return (
        recordResult(parts.state, stored, { project: parts.project, step: shared.step, replacing: replacings[index] ?? 'none' }) === stored
      );
    });
    return recorded.length;
  });
}

/** One that is there gives way when its objects are gone. */
async function replacingOf({ store, state }: ImportParts, key: Digest): Promise<Replacing> {
  const known = findAnyResult(state, key);
  return known !== null && (await missingObjects(store, Object.values(known.outputs))).length > 0 ? 'gone' : 'none';
}
