import { createHash } from 'node:crypto';
import { constants, type PathLike } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { digestOfHex } from '@tidegate/formats';
import { measureFile } from './hash.ts';
import type { MeasuredFile } from './hash-file.ts';

const pieceBytes = 4 << 20;

/**
 * Copies a file to a path where nothing is yet and measures the copy, in one pass over the bytes. Where the file system can share them
 * (reflink), nothing is copied and the bytes are read for the measure alone. Memory is bounded whatever the size.
 */
export async function copyMeasured(from: string, to: string): Promise<MeasuredFile> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
  } catch (error) {
    if (!cannotShare.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return copyInPieces(from, to);
  }
  return measureFile(to);
}

/** What file systems say that cannot share bytes, or not between two of them. */
const cannotShare = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EINVAL', 'ENOSYS', 'ENOTTY', 'EPERM']);

/** While one piece is hashed, it is written and the next one is read. */
async function copyInPieces(from: PathLike, to: PathLike): Promise<MeasuredFile> {
  const hash = createHash('sha256');
  await using source = await open(from, 'r');
  await using target = await open(to, 'w', 0o600);
  let bytes = 0;
  let [current, other] = [Buffer.allocUnsafe(pieceBytes), Buffer.allocUnsafe(pieceBytes)];
  let { bytesRead } = await source.read(current, 0, pieceBytes);
  while (bytesRead > 0) {
    const piece = current.subarray(0, bytesRead);
    const written = writeWhole(target, piece);
    const next = source.read(other, 0, pieceBytes);
    hash.update(piece);
    bytes += bytesRead;
    await written;
    ({ bytesRead } = await next);
    [current, other] = [other, current];
  }
  return { digest: digestOfHex(hash.digest('hex')), bytes };
}

async function writeWhole(target: Awaited<ReturnType<typeof open>>, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.byteLength;) at += (await target.write(piece, at)).bytesWritten;
}
