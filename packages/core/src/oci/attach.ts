import { canonicalJson } from '@tidegate/formats';
import type { BlobStore } from './blob-store.ts';
import type { Descriptor } from './descriptor.ts';
import type { ImageManifest } from './manifest.ts';
import { mediaTypes } from './media-types.ts';

/** Something that is attached to an image: its manifest names the image as its subject. */
export interface Attachment {
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
}

export interface AttachedDocument {
  /** What it is: `application/vnd.cyclonedx+json`. */
  readonly artifactType: string;
  readonly bytes: string;
  readonly annotations: { readonly [name: string]: string };
}

/** Makes a document something that is attached to an image: image-spec 1.1, "Guidelines for Artifact Usage". */
export async function composeAttachment(
  blobs: BlobStore,
  subject: Descriptor,
  { artifactType, bytes, annotations }: AttachedDocument,
): Promise<Attachment> {
  const empty = await blobs.putBytes('{}');
  const document = await blobs.putBytes(bytes);
  const { mediaType, digest, size } = subject;
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType,
    config: { mediaType: mediaTypes.empty, digest: empty.digest, size: empty.bytes },
    layers: [{ mediaType: artifactType, digest: document.digest, size: document.bytes }],
    subject: { mediaType, digest, size },
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
  const stored = await blobs.putBytes(canonicalJson(manifest));
  const named = Object.keys(annotations).length > 0 ? { annotations } : {};
  return { descriptor: { mediaType: mediaTypes.manifest, digest: stored.digest, size: stored.bytes, artifactType, ...named }, manifest };
}
