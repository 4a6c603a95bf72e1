import { open } from '../../../platform/index.ts';
import { signFinder } from './sign-finder.ts';

/** Text of whole lines in a file of its own. */
export interface TextPart {
  readonly path: string;
  /** Whether a sign that was looked for occurs in it. */
  readonly holds: (sign: string) => boolean;
}

/** A part that more lines come into: while some are written, the next ones may come. */
export interface OpenTextPart {
  /** Bytes that were added. */
  readonly bytes: () => number;
  /** Waits while the disk is behind. */
  readonly add: (text: Uint8Array) => Promise<void>;
  readonly close: () => Promise<TextPart>;
}

/** Bytes and pieces that are written by one call; a kernel takes 1024 pieces at most. */
const [bytesAtOnce, piecesAtOnce] = [1 << 20, 512];

/** @param signs to look for */
export async function openTextPart(path: string, signs: readonly string[]): Promise<OpenTextPart> {
  const handle = await open(path, 'wx');
  const finders = new Map(signs.map((sign) => [sign, signFinder(sign)]));
  const found = new Set<string>();
  let held: Uint8Array[] = [];
  let [heldBytes, bytes] = [0, 0];
  let writing: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const [pieces, length] = [held, heldBytes];
    [held, heldBytes] = [[], 0];
    await writing;
    writing = writeWhole(handle, pieces, length);
    writing.catch(() => {}); // the next one who waits for it throws
  };
  return {
    bytes: () => bytes,
    add: async (text) => {
      for (const [sign, holds] of finders) if (holds(text)) found.add(sign);
      held.push(text);
      heldBytes += text.byteLength;
      bytes += text.byteLength;
      if (heldBytes >= bytesAtOnce || held.length >= piecesAtOnce) await flush();
    },
    close: async () => {
      try {
        if (held.length > 0) await flush();
        await writing;
      } finally {
        await handle.close();
      }
      return { path, holds: (sign) => found.has(sign) };
    },
  };
}

type Handle = Awaited<ReturnType<typeof open>>;

async function writeWhole(handle: Handle, pieces: readonly Uint8Array[], length: number): Promise<void> {
  const { bytesWritten } = await handle.writev(pieces as Uint8Array[]);
  if (bytesWritten < length) await handle.writeFile(Buffer.concat(pieces).subarray(bytesWritten)); // a disk that is nearly full takes a part
}
