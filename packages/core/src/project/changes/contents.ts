import { join } from 'node:path';
import { type Digest, type RunId, TidegateError } from '@tidegate/formats';
import { commitOfRun, largestCompared } from '../../pipeline/index.ts';
import { capture, digestOfBytes, readFile, stat } from '../../platform/index.ts';
import { type FolderObjectStore, folderObjectStore } from '../../store/index.ts';
import type { Project } from '../project.ts';

/** One content of a file of the project, or of what a step made. */
export interface WantedContent {
  /** Relative to the project. */
  readonly path: string;
  readonly digest: Digest;
  /** A run that had it; null when none is known. */
  readonly run: RunId | null;
}

/** Contents as far as they are at hand: nothing is fetched from elsewhere. */
export interface Contents {
  /** Null for one that is nowhere on this machine, or larger than is compared. */
  readonly of: (wanted: WantedContent) => Promise<Uint8Array | null>;
  readonly [Symbol.dispose]: () => void;
}

/** Looks in this machine's store, then in the user's tree, then in the commit of the run. What is found has the right digest. */
export function openContents({ home, root, state }: Pick<Project, 'home' | 'root' | 'state'>): Contents {
  const store = folderObjectStore(home.objects); // without the remote behind it
  return {
    of: async ({ path, digest, run }) => {
      const commit = run === null ? null : commitOfRun(state, run);
      const sources = [() => storedContent(store, digest), () => fileContent(join(root, path)), () => committedContent(root, commit, path)];
      for (const source of sources) {
        const bytes = await source();
        if (bytes !== null && digestOfBytes(bytes) === digest) return bytes;
      }
      return null;
    },
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
}

async function storedContent(store: FolderObjectStore, digest: Digest): Promise<Uint8Array | null> {
  if (!(await store.has(digest))) return null;
  try {
    const { size } = await stat(await store.pathOf(digest));
    return size > largestCompared ? null : await store.readBytes(digest);
  } catch (error) {
    if (error instanceof TidegateError) return null; // damaged or gone: what else there is decides
    throw error;
  }
}

async function fileContent(path: string): Promise<Uint8Array | null> {
  try {
    const { size } = await stat(path);
    return size > largestCompared ? null : await readFile(path);
  } catch {
    return null;
  }
}

/** As it is in the commit: a filter of Git's (LFS, line ends) may give other bytes, which the digest then tells. */
async function committedContent(root: string, commit: string | null, path: string): Promise<Uint8Array | null> {
  if (commit === null) return null;
  const { code, stdout } = await capture(['git', 'show', `${commit}:./${path}`], { cwd: root, timeoutMs: 10_000 });
  return code === 0 ? Buffer.from(stdout) : null;
}
