import { digestOfBytes, open } from '../../../platform/index.ts';
import type { ByteRange } from '../remote-files.ts';

type OpenFile = Awaited<ReturnType<typeof open>>;

/** Up to here the tag is the digest of the bytes: the file system may give a new file the inode and the time of the one before. */
const longestByContent = 1 << 20;

export async function tagOfOpen(file: OpenFile): Promise<string> {
  const { size, mtimeNs, ino } = await file.stat({ bigint: true });
  if (size > longestByContent) return `${size}-${mtimeNs}-${ino}`;
  return digestOfBytes(await readPart(file, { from: 0, to: Number(size) }));
}

/** Null when nothing is there. */
export async function tagOf(path: string): Promise<string | null> {
  const file = await open(path, 'r').catch(ofAbsent);
  if (file === null) return null;
  try {
    return await tagOfOpen(file);
  } finally {
    await file.close();
  }
}

export async function readPart(file: OpenFile, { from, to }: ByteRange): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(Math.max(0, to - from));
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, from + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

/** What is not there is no error. */
export function ofAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
