import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Digest, isDigest, shape } from '@tidegate/formats';
import type { BlobStore, Layer } from '../../oci/index.ts';
import { readTextIfThere, writeFileAtomically } from '../../platform/index.ts';

/** Remembers which layer was made of what, so that what is in it is read once. */
export interface LayerCache {
  /** The layer with this key, or the one that `make` gives, which is remembered. A key says all that decides what is in it. */
  readonly layer: (key: readonly string[], make: () => Promise<Layer>) => Promise<{ readonly layer: Layer; readonly isReused: boolean }>;
}

const { object, required, text, number, map } = shape;
const digestShape = map(text(), (value, report): Digest | undefined => {
  if (isDigest(value)) return value;
  report('no digest');
  return undefined;
});
const layerShape = object({
  mediaType: required(text()),
  digest: required(digestShape),
  size: required(number()),
  diffId: required(digestShape),
});

/** Part of each key: another way to write layers gives others. */
const version = 'tidegate.layer/1';

/** @param folder of the home; what lies there can be made again */
export function openLayerCache(folder: string, blobs: BlobStore): LayerCache {
  return {
    layer: async (key, make) => {
      const path = join(
        folder,
        `${createHash('sha256')
          .update(JSON.stringify([version, ...key]))
          .digest('hex')}.json`,
      );
      const known = readLayer(await readTextIfThere(path));
      if (known !== null && (await blobs.has(known.digest))) return { layer: known, isReused: true };
      const layer = await make();
      await writeFileAtomically(path, JSON.stringify(layer));
      return { layer, isReused: false };
    },
  };
}

function readLayer(content: string | null): Layer | null {
  try {
    const parsed = content === null ? null : shape.parse(layerShape, JSON.parse(content));
    return parsed?.ok === true ? (parsed.value as Layer) : null;
  } catch {
    return null; // cut short, say: it is made again
  }
}
