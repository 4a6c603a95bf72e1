import type { DatasetVersion, Digest, TreeEntry } from '@tidegate/formats';
import { deliveredTree, readVersion, tableAt } from '../../data/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import type { Project } from '../project.ts';
import type { AddProgress } from './add-dataset.ts';
import { versionOrPinned } from './version-or-pinned.ts';

export interface VerifiedVersion {
  readonly dataset: string;
  readonly version: Digest;
  readonly files: number;
  readonly bytes: number;
  /** Files whose bytes are not what the version says, of which nobody has the right ones; what was damaged was set aside. Of a table: its row groups. */
  readonly damaged: readonly string[];
  /** Files that were damaged here, and that the remote had: they are sound now. */
  readonly repaired: readonly string[];
  /** Files that are nowhere at hand. */
  readonly missing: readonly string[];
  /** Files that are on the remote only, and were not read. */
  readonly elsewhere: number;
}

export interface VerifyOptions {
  /** A digest or its first digits, a commit, branch or tag; null = the pinned version. */
  readonly version: string | null;
  readonly signal: AbortSignal;
  readonly onProgress: (done: AddProgress) => void;
}

/** So many objects are read between two looks at the signal and two words on progress. */
const filesAtATime = 500;

/** Reads every object of a version that is here, compares it with its digest, and fetches what was damaged from the remote. @throws TG-CLI-NOT-FOUND, TG-STORE-TREE, TG-STORE-OBJECT-MISSING for the version itself */
export async function verifyDataset(project: Project, dataset: string, options: VerifyOptions): Promise<VerifiedVersion> {
  const { store, objects } = project;
  const version = await versionOrPinned(project, dataset, options.version);
  const record = await readVersion(store, { digest: version });
  const entries = [...new Map((await objectsOf(store, record)).map((entry) => [`${entry.digest} ${entry.path}`, entry])).values()];
  const [broken, absent]: [NamedObject[], NamedObject[]] = [[], []];
  let bytes = 0;
  for (const [index, entry] of entries.entries()) {
    if (index % filesAtATime === 0) {
      options.signal.throwIfAborted();
      options.onProgress({ files: index, ofFiles: entries.length, bytes });
      await new Promise(setImmediate);
    }
    const found = await objects.verify(entry.digest);
    if (found === 'damaged') broken.push(entry);
    if (found === 'missing') absent.push(entry);
    bytes += entry.bytes;
  }
  const nowhere = new Set(absent.length === 0 ? [] : await store.missing(absent));
  const missing = absent.filter(({ digest }) => nowhere.has(digest)).map(({ path }) => path);
  const lost = new Set(broken.length === 0 ? [] : await store.fetch(broken));
  const pathsOf = (isLost: boolean): readonly string[] => broken.flatMap(({ path, digest }) => (lost.has(digest) === isLost ? [path] : []));
  const [damaged, repaired] = [pathsOf(true), pathsOf(false)];
  return { dataset, version, files: entries.length, bytes, damaged, repaired, missing, elsewhere: absent.length - missing.length };
}

type NamedObject = Pick<TreeEntry, 'path' | 'digest' | 'bytes'>;

/** What a version is made of: its files, with the rows that were left out and without them, or the layers of the row groups of a table. */
async function objectsOf(store: ObjectStore, version: DatasetVersion): Promise<readonly NamedObject[]> {
  const objects: NamedObject[] = [];
  for (const tree of new Set([version.tree, deliveredTree(version)])) {
    const table = await tableAt(store, tree);
    if (table === null) objects.push(...(await store.readTree(tree)).entries);
    else
      objects.push(
        ...table.groups.flatMap(({ layers }, at) => layers.map(({ digest, bytes }) => ({ path: `row group ${at + 1}`, digest, bytes }))),
      );
  }
  return objects;
}
