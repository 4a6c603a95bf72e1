import { canonicalJson } from '@tidegate/formats';
import type { BlobStore } from './blob-store.ts';
import type { Descriptor } from './descriptor.ts';
import type { Image } from './image.ts';
import type { ImageIndex } from './manifest.ts';
import { mediaTypes } from './media-types.ts';

/** One name for images of several platforms: whoever pulls it gets the one for its machine. */
export async function composeIndex(
  blobs: BlobStore,
  images: readonly Image[],
  annotations: { readonly [name: string]: string },
): Promise<Descriptor> {
  const index: ImageIndex = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: images.map(({ descriptor }) => descriptor),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
  const { digest, bytes } = await blobs.putBytes(canonicalJson(index));
  return { mediaType: mediaTypes.index, digest, size: bytes };
}
