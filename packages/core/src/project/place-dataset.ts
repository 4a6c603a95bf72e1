import { join } from 'node:path';
import { type DatasetVersion, type Digest, failure } from '@tidegate/formats';
import { readVersion } from '../data/index.ts';
import { digestAt, openPlacement, type PlacedFile, type PlaceParts } from '../pipeline/index.ts';
import { entryAt } from '../platform/index.ts';
import { fileDigests } from '../store/index.ts';
import { datasetHistory, requireDataset } from './dataset-views.ts';
import { newestPassingOf } from './newest-passing.ts';
import type { Project } from './project.ts';

export interface PlaceRequest {
  /** Digest or its first digits; null = the newest version that passes its checks. */
  readonly version: string | null;
  /** Whether files with changes that no version has are written over. */
  readonly force: boolean;
}

export interface PlacedDataset {
  readonly version: Digest;
  /** Relative to the project. */
  readonly paths: readonly string[];
}

/**
 * Puts the files of a dataset version to their own paths, for running a script by hand; each appears whole or not at all.
 *
 * @throws TG-CLI-NOT-FOUND; TG-CLI-CHANGED-FILE, TG-STORE-OBJECT-MISSING before anything is written; as {@link openPlacement}
 */
export async function placeDataset(project: Project, name: string, { version, force }: PlaceRequest): Promise<PlacedDataset> {
  requireDataset(project, name);
  const digest = version === null ? await newestToPlace(project, name) : await versionNamed(project, name, version);
  const files = await filesOf(project, await readVersion(project.store, { digest }));
  const { store, state, root, platform } = project;
  const parts = { store, digests: fileDigests(state, platform.clock), root };
  if (!force) await refuseChanged(parts, name, files);
  for (const file of files) await store.pathOf(file.digest);
  const placement = openPlacement(parts);
  for (const file of files) await placement.place(file);
  placement.settle();
  parts.digests.save();
  return { version: digest, paths: files.map(({ path }) => path) };
}

async function filesOf({ store }: Project, { tree }: DatasetVersion): Promise<readonly PlacedFile[]> {
  const { entries } = await store.readTree(tree);
  return entries.map(({ path, digest, executable }) => ({ path, digest, executable: executable === true }));
}

async function newestToPlace(project: Project, name: string): Promise<Digest> {
  const digest = await newestPassingOf(project, name);
  if (digest !== null) return digest;
  const { length } = await datasetHistory(project, name);
  const found =
    length === 0 ? 'it was never read' : length === 1 ? 'its only version does not pass' : `none of its ${length} versions passes`;
  const hint =
    length === 0
      ? `Run "tidegate run data.${name}" first`
      : `See "tidegate data log ${name}", and name the version that you want all the same`;
  throw failure('TG-CLI-NOT-FOUND', `Cannot place data.${name}: ${found}`, hint);
}

async function versionNamed(project: Project, name: string, wanted: string): Promise<Digest> {
  const digits = wanted.replace(/^sha256:/, '');
  const found = (await datasetHistory(project, name)).filter(({ digest }) => digest.startsWith(`sha256:${digits}`));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first.digest;
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot place data.${name}: ${first === undefined ? 'it has no version' : 'it has several versions'} "${wanted}"`,
    `See "tidegate data log ${name}" for its versions`,
  );
}

/** Bytes that the store has can be brought back; all others would be lost. */
async function refuseChanged(parts: PlaceParts, name: string, files: readonly PlacedFile[]): Promise<void> {
  const changed: string[] = [];
  for (const { path, digest } of files) if (await wouldBeLost(parts, path, digest)) changed.push(path);
  const [first, ...more] = changed;
  if (first === undefined) return;
  throw failure(
    'TG-CLI-CHANGED-FILE',
    `Cannot place data.${name}: "${first}" has changes that no version has${more.length === 0 ? '' : `, and so have ${more.length} more`}`,
    `Move it away, keep it as a version with "tidegate run data.${name}", or give it up with "tidegate data checkout ${name} --force"`,
  );
}

async function wouldBeLost(parts: PlaceParts, path: string, wanted: Digest): Promise<boolean> {
  const present = await digestAt(parts, path);
  if (present === null) return entryAt(join(parts.root, path))?.isSymbolicLink() === true;
  return present !== wanted && !(await parts.store.has(present));
}
