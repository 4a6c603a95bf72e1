import { canonicalJson } from '@tidegate/formats';
import type { Attachment } from '../attach.ts';
import type { Descriptor } from '../descriptor.ts';
import { blobsOf, type Image } from '../image.ts';
import type { ImageIndex } from '../manifest.ts';
import { mediaTypes } from '../media-types.ts';

/** What lies in one layout. */
export interface LayoutContents {
  /** Of the index, or of the only image. */
  readonly descriptor: Descriptor;
  readonly images: readonly Image[];
  readonly attachments: readonly Attachment[];
  /** Name it is known by: `delay-api:latest`. */
  readonly name: string;
}

/** image-spec/image-layout.md, `oci-layout`. */
export const layoutFile = canonicalJson({ imageLayoutVersion: '1.0.0' });

/** `index.json`: the image under its name, and what is attached to it. */
export function layoutIndex({ descriptor, attachments, name }: LayoutContents): ImageIndex {
  const named = {
    ...descriptor,
    annotations: { ...descriptor.annotations, 'org.opencontainers.image.ref.name': name, 'io.containerd.image.name': name },
  };
  return { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [named, ...attachments.map((one) => one.descriptor)] };
}

/** Every blob of it, each but once, in an order of its own. */
export function layoutBlobs({ descriptor, images, attachments }: LayoutContents): readonly Descriptor[] {
  const all = [
    descriptor,
    ...images.map((image) => image.descriptor),
    ...images.flatMap(blobsOf),
    ...attachments.flatMap((one) => [one.descriptor, ...blobsOf(one)]),
  ];
  return [...new Map(all.map((blob) => [blob.digest, blob])).values()];
}
