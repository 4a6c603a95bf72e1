import { type Digest, TidegateError } from '@tidegate/formats';
import { readLock } from '../../config/index.ts';
import { deliveredTree, readVersion } from '../../data/index.ts';
import { openPlacement, projectFiles } from '../../pipeline/index.ts';
import { fileDigests } from '../../store/index.ts';
import { isOwnPath } from '../is-own-path.ts';
import type { Project } from '../project.ts';

/** What became of a dataset of which the project has no file. */
export interface PinnedDataset {
  readonly dataset: string;
  /** The version that `tidegate.lock` pins; null when it pins none. */
  readonly version: Digest | null;
  /** How many of its files are in place now; null when the version is nowhere at hand. */
  readonly files: number | null;
}

/**
 * Puts the files of the pinned version into place for each dataset of which there is none, as in a fresh checkout whose data is not in Git. Where
 * some are there, those count. Only paths that the dataset's own patterns cover are written.
 *
 * @throws as {@link openPlacement}; TG-STORE-OBJECT-MISSING when a file of a version is nowhere
 */
export async function placePinned(project: Project): Promise<readonly PinnedDataset[]> {
  const { root, config, home, store, state, platform } = project;
  const [lock, present] = [await readLock(root), projectFiles(root, [home.root])];
  const absent = Object.entries(config.data).filter(
    ([, { from }]) => from.source === undefined && from.files.every((pattern) => present.matching(pattern).length === 0),
  );
  const parts = { store, digests: fileDigests(state, platform.clock), root };
  const placement = openPlacement(parts);
  const placed: PinnedDataset[] = [];
  for (const [dataset, settings] of absent) {
    const version = Object.hasOwn(lock.data, dataset) ? (lock.data[dataset] ?? null) : null;
    const record = version === null ? null : await readVersion(store, { digest: version }).catch(lost);
    if (record === null) {
      placed.push({ dataset, version, files: null });
      continue;
    }
    const { entries } = await store.readTree(deliveredTree(record));
    const own = entries.filter(({ path }) => isOwnPath(path, dataset, settings));
    for (const { path, digest, executable } of own) await placement.place({ path, digest, executable: executable === true });
    placed.push({ dataset, version, files: own.length });
  }
  placement.settle();
  parts.digests.save();
  return placed;
}

function lost(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}
