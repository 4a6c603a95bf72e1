import { open } from '../../../platform/index.ts';

type OpenFile = Awaited<ReturnType<typeof open>>;

const blockBytes = 1 << 20;

interface Moving {
  readonly from: OpenFile;
  readonly to: OpenFile;
  /** What is there already. */
  readonly start: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((bytes: number) => void) | undefined;
}

/** Copies what follows a position from one file to another. @returns how many bytes moved */
export async function moveBytes({ from, to, start, signal, onProgress }: Moving): Promise<number> {
  const block = Buffer.allocUnsafe(blockBytes);
  let at = start;
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await from.read(block, 0, block.length, at);
    if (bytesRead === 0) return at - start;
    await writeWhole(to, block.subarray(0, bytesRead), at);
    at += bytesRead;
    onProgress?.(bytesRead);
  }
}

async function writeWhole(to: OpenFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) done += (await to.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}
