import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import xz from 'xz-decompress';

/** Bytes of a file decompressed as the end of its name says: `.xz`, `.gz`, `.zst`; any other name as they are. */
export function decompressed(name: string, bytes: Uint8Array): Readable {
  const source = Readable.from([Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)]);
  if (name.endsWith('.xz')) return Readable.fromWeb(new xz.XzReadableStream(new Blob([new Uint8Array(bytes)]).stream()));
  if (name.endsWith('.gz')) return source.pipe(createGunzip());
  if (name.endsWith('.zst')) return source.pipe(createZstdDecompress());
  return source;
}
