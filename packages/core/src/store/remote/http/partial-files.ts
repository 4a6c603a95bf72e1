import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { constants, mkdir, open, readdir, rm, stat } from '../../../platform/index.ts';

/** Files that are on their way to a server. */
export interface PartialFiles {
  readonly pathOf: (upload: UploadName) => string;
  /** How many bytes are there; 0 for one that nobody has begun. */
  readonly offset: (upload: UploadName) => Promise<number>;
  /** Writes from an offset on, which must be no farther than what is there. What came counts, also when the rest does not. @returns the new offset */
  readonly append: (upload: UploadName, piece: { readonly from: number; readonly body: Readable }) => Promise<number>;
  readonly drop: (upload: UploadName) => Promise<void>;
  /** Takes out those that nobody has written to since a moment, in milliseconds since 1970. */
  readonly tidy: (before: number) => Promise<void>;
}

/** By the digest of the whole, so that whoever sends the same goes on with it; apart for each zone, so that none fills what another counts on. */
export interface UploadName {
  readonly hex: string;
  readonly name: string;
  readonly zone: string;
}

/**
 * Partial files in a folder. Several that send the same file at once write the same bytes at the same places, so nothing is locked; when they were other
 * bytes, the digest of the whole tells in the end.
 */
export function partialFiles(folder: string): PartialFiles {
  const pathOf = ({ hex, name, zone }: UploadName): string =>
    join(folder, `.part-${createHash('sha256').update(`${zone}\0${hex}\0${name}`).digest('hex')}`);
  const offset = async (upload: UploadName): Promise<number> => (await stat(pathOf(upload)).catch(() => null))?.size ?? 0;
  return {
    pathOf,
    offset,
    append: async (upload, { from, body }) => {
      await mkdir(folder, { recursive: true });
      await using file = await open(pathOf(upload), constants.O_WRONLY | constants.O_CREAT, 0o600);
      let at = from;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        for (let done = 0; done < chunk.length;) done += (await file.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
        at += chunk.length;
      }
      return at;
    },
    drop: (upload) => rm(pathOf(upload), { force: true }),
    tidy: async (before) => {
      for (const name of await readdir(folder).catch((): string[] => [])) {
        const found = await stat(join(folder, name)).catch(() => null);
        if (found !== null && found.mtimeMs < before) await rm(join(folder, name), { force: true });
      }
    },
  };
}
