import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { createGzip } from 'node:zlib';
import { type Digest, digestOfHex } from '@tidegate/formats';
import { rm } from '../../platform/index.ts';
import type { BlobStore } from '../blob-store.ts';
import type { Descriptor } from '../descriptor.ts';
import { mediaTypes } from '../media-types.ts';
import type { LayerEntry } from './layer-entry.ts';
import { writeTar } from './write-tar.ts';

/** A layer, and the digest of its tar archive before compression. */
export interface Layer extends Descriptor {
  readonly diffId: Digest;
}

export interface LayerOptions {
  /** What is already compressed, or changes often, is better left as it is: weights of a model. */
  readonly compress: boolean;
  /** A name that nobody has, on the file system of the store. */
  readonly scratch: string;
}

/** Writes a layer to the store; the same entries give the same bytes on every machine, as {@link writeTar} does. */
export async function writeLayer(blobs: BlobStore, entries: readonly LayerEntry[], { compress, scratch }: LayerOptions): Promise<Layer> {
  const tar = measure();
  const blob = measure();
  try {
    await writeTar(entries, scratch, compress ? [tar.through, createGzip({ level: 6 }), blob.through] : [tar.through]);
    const diffId = tar.digest();
    const digest = compress ? blob.digest() : diffId;
    await blobs.takeFile(scratch, digest);
    return { mediaType: compress ? mediaTypes.gzippedLayer : mediaTypes.layer, digest, size: (compress ? blob : tar).bytes(), diffId };
  } finally {
    await rm(scratch, { force: true });
  }
}

interface Measure {
  readonly through: Transform;
  /** To be asked once. */
  readonly digest: () => Digest;
  readonly bytes: () => number;
}

function measure(): Measure {
  const sum = createHash('sha256');
  let bytes = 0;
  const through = new Transform({
    transform: (chunk: Uint8Array, _, done) => {
      sum.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { through, digest: () => digestOfHex(sum.digest('hex')), bytes: () => bytes };
}
