import { indexBytesOf, type PackEntry, parsePackEnd, trailerBytes } from '../../packs/pack-format.ts';
import type { Abortable, ListedFile, RemoteFiles } from '../remote-files.ts';

/** What is in a pack of a remote, as its own end says; null for one that is gone, or whose end is damaged. */
export async function readPackEnd(
  files: RemoteFiles,
  { name, size }: ListedFile,
  { signal }: Abortable,
): Promise<readonly PackEntry[] | null> {
  const trailer = await files.read(name, { range: { from: Math.max(0, size - trailerBytes), to: size }, signal });
  const indexBytes = trailer === null || trailer.size !== size ? 'it is gone' : indexBytesOf(trailer.bytes);
  if (typeof indexBytes === 'string' || indexBytes + trailerBytes > size) return null;
  const end = await files.read(name, { range: { from: size - trailerBytes - indexBytes, to: size }, signal });
  const entries = end === null ? 'it is gone' : parsePackEnd(end.bytes, size);
  return typeof entries === 'string' ? null : entries;
}
