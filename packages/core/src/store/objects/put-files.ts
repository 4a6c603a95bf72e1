import { type Digest, invariant } from '@tidegate/formats';
import { concurrently, readFiles, readFilesHere, statSync } from '../../platform/index.ts';
import { changed } from './failures.ts';
import type { FileToPut, StoredObject } from './object-store.ts';

/** What putting many files needs of a store. */
export interface PutFilesParts {
  /** A file up to this size is a small object. */
  readonly longestSmall: number;
  readonly isThere: (object: StoredObject) => boolean;
  /** Stores small objects in one transaction; what is there already is left, and is as young as the others. */
  readonly putSmall: (objects: readonly SmallObject[]) => void;
  readonly putLarge: (path: string, known: Digest | undefined) => Promise<StoredObject>;
}

export interface SmallObject {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** As many bytes of small files are read, hashed and stored at a time, and so many portions are under way: memory is bounded. */
const portionBytes = 4 << 20;
const portionsAtOnce = 3;

/** What a file costs beside its bytes: so that files of a few bytes make no portion without end. */
const perFile = 2_000;

/** Fewer portions are done by this thread: starting another takes as long. */
const fewPortions = 4;

/** Enough for the disk to gather their fsyncs. */
const largeAtOnce = 16;

/** Puts files and answers in their order. Small ones are read and hashed in portions, by threads when they are many, and a portion is one transaction. */
export async function putManyFiles(files: readonly FileToPut[], parts: PutFilesParts): Promise<readonly StoredObject[]> {
  const stored = new Map<number, StoredObject>();
  const { portions, large } = portionsOf(files, parts, stored);
  const read: typeof readFiles = portions.length < fewPortions ? async (portion) => readFilesHere(portion) : readFiles;
  await concurrently(portionsAtOnce, portions, async (portion) => {
    const { content, files: found } = await read(portion.map(({ path, bytes }) => ({ path, bytes })));
    const objects: SmallObject[] = [];
    for (const [at, { index, path, known }] of portion.entries()) {
      const file = found[at] ?? null;
      if (file === null) {
        large.push({ index, path, known, bytes: 0 }); // it has grown since, or why it cannot be read is told there
        continue;
      }
      if (known !== undefined && known !== file.digest) throw changed(path);
      stored.set(index, { digest: file.digest, bytes: file.to - file.from });
      objects.push({ digest: file.digest, bytes: content.subarray(file.from, file.to) });
    }
    parts.putSmall(objects);
  });
  await concurrently(largeAtOnce, large, async ({ index, path, known }) => {
    stored.set(index, await parts.putLarge(path, known));
  });
  return files.map(({ path }, index) => {
    const object = stored.get(index);
    invariant(object !== undefined, `"${path}" was put`);
    return object;
  });
}

interface Sized {
  readonly index: number;
  readonly path: string;
  readonly known: Digest | undefined;
  readonly bytes: number;
}

function portionsOf(
  files: readonly FileToPut[],
  { longestSmall, isThere }: PutFilesParts,
  stored: Map<number, StoredObject>,
): { readonly portions: readonly (readonly Sized[])[]; readonly large: Sized[] } {
  const [portions, large]: [Sized[][], Sized[]] = [[], []];
  let room = 0;
  for (const [index, { path, known, bytes = statSync(path).size }] of files.entries())
    if (known !== undefined && isThere({ digest: known, bytes })) stored.set(index, { digest: known, bytes });
    else if (bytes > longestSmall) large.push({ index, path, known, bytes });
    else {
      if (room <= 0) {
        portions.push([]);
        room = portionBytes;
      }
      portions.at(-1)?.push({ index, path, known, bytes });
      room -= bytes + perFile;
    }
  return { portions, large };
}
