import type { Digest } from '@tidegate/formats';
import { concurrently, type FileToWrite, rename, rm, writeFiles, writeFilesHere } from '../../platform/index.ts';
import type { CheckOutOptions, FileToCheckOut } from './object-store.ts';

/** What checking out many files needs of a store. */
export interface CheckOutFilesParts {
  /** The bytes of those that are small objects, checked; null for the others. */
  readonly smallBytes: (digest: Digest) => Uint8Array | null;
  readonly checkOut: (digest: Digest, path: string, options: CheckOutOptions) => Promise<void>;
}

/** As many bytes of small files are written at a time, and so many portions are under way: memory is bounded. */
const portionBytes = 2 << 20;
const portionsAtOnce = 3;
const perFile = 2_000;

/** Fewer files are written by this thread: starting another takes as long. */
const fewFiles = 2_000;

/** Files that are no small objects and are checked out at once. */
const largeAtOnce = 16;

/** Checks out files: small ones are gathered in portions, which threads write when they are many. */
export async function checkOutMany(
  files: readonly FileToCheckOut[],
  { as }: Pick<CheckOutOptions, 'as'>,
  { smallBytes, checkOut }: CheckOutFilesParts,
): Promise<void> {
  const others: FileToCheckOut[] = [];
  const write = files.length < fewFiles ? async (portion: Portion) => writeFilesHere(portion) : writeFiles;
  const waiting = files[Symbol.iterator]();
  const take = async (): Promise<void> => {
    for (let portion = gather(); portion.files.length > 0; portion = gather()) await write(portion);
  };
  const gather = (): Portion => {
    const taken: { readonly file: FileToCheckOut; readonly bytes: Uint8Array }[] = [];
    for (let room = portionBytes; room > 0;) {
      const { value: file, done } = waiting.next();
      if (done === true || file === undefined) break;
      const bytes = smallBytes(file.digest);
      if (bytes === null) others.push(file);
      else {
        taken.push({ file, bytes });
        room -= bytes.byteLength + perFile;
      }
    }
    return portionOf(taken, as);
  };
  await Promise.all(Array.from({ length: portionsAtOnce }, take));
  await concurrently(largeAtOnce, others, async ({ digest, path, executable = false, by = path }) => {
    try {
      await checkOut(digest, by, { executable, ...(as !== undefined && { as }) });
      if (by !== path) await rename(by, path);
    } catch (error) {
      if (by !== path) await rm(by, { force: true });
      throw error;
    }
  });
}

interface Portion {
  readonly content: Uint8Array;
  readonly files: readonly FileToWrite[];
}

function portionOf(taken: readonly { readonly file: FileToCheckOut; readonly bytes: Uint8Array }[], as: CheckOutOptions['as']): Portion {
  const content = Buffer.allocUnsafeSlow(taken.reduce((sum, { bytes }) => sum + bytes.byteLength, 0));
  let from = 0;
  const files = taken.map(({ file: { path, executable = false, by }, bytes }): FileToWrite => {
    content.set(bytes, from);
    const to = from + bytes.byteLength;
    const file = { path, from, to, mode: modeOf(executable, as), ...(by !== undefined && { by }) };
    from = to;
    return file;
  });
  return { content, files };
}

/** Permissions of a file that is checked out. */
export function modeOf(executable: boolean, as: CheckOutOptions['as']): number {
  return (executable ? 0o755 : 0o644) & (as === 'shared' ? 0o555 : 0o777);
}
