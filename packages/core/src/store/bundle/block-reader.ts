import { open } from '../../platform/index.ts';
import { refusedArchive } from './tar-failure.ts';

/** A file read from its beginning to its end, in pieces of a length that whoever reads says. */
export interface BlockReader {
  /** So many bytes; null at the end of the file. @throws TG-STORE-BUNDLE when it ends in the middle of them */
  readonly read: (bytes: number) => Promise<Buffer | null>;
  readonly close: () => Promise<void>;
}

const chunkBytes = 1 << 20;

/** Memory is bounded by the longest piece that is asked for. */
export async function openBlocks(file: string): Promise<BlockReader> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    throw refusedArchive(file, error.code ?? error.message, error);
  });
  const buffer = Buffer.alloc(chunkBytes);
  let [from, to] = [0, 0];
  const fill = async (): Promise<void> => {
    [from, to] = [0, (await handle.read(buffer, 0, buffer.length, null)).bytesRead];
  };
  return {
    read: async (bytes) => {
      const piece = Buffer.alloc(bytes);
      for (let filled = 0; filled < bytes;) {
        if (from === to) await fill();
        if (from === to) {
          if (filled === 0) return null;
          throw refusedArchive(file, 'it ends in the middle of an entry');
        }
        const copied = buffer.copy(piece, filled, from, Math.min(to, from + bytes - filled));
        from += copied;
        filled += copied;
      }
      return piece;
    },
    close: () => handle.close(),
  };
}
