import { concurrently } from '../../platform/index.ts';
import type { Attachment } from '../attach.ts';
import type { BlobStore } from '../blob-store.ts';
import type { Descriptor } from '../descriptor.ts';
import { blobsOf, type Image } from '../image.ts';
import type { ImageReference } from '../image-reference.ts';
import { openRepository, pushManifest, type RegistryOptions, type Repository } from './registry.ts';
import { addToTaggedList } from './referrers.ts';
import { uploadBlob, type UploadOptions } from './upload-blob.ts';

export interface PushOptions extends RegistryOptions, Pick<UploadOptions, 'chunkBytes'> {
  /** Told of each blob that is sent or was there. */
  readonly onBlob?: (blob: Descriptor) => void;
}

export interface ImageToPush {
  /** Of the index, or of the only image. */
  readonly descriptor: Descriptor;
  readonly images: readonly Image[];
  readonly attachments: readonly Attachment[];
}

/**
 * Pushes an image, or an index of several, and what is attached to it. The tag is set last, so it never names what is not whole.
 *
 * @throws TG-IMAGE-NOT-FOUND, TG-IMAGE-LOGIN, TG-IMAGE-REGISTRY, and what the store throws of a blob that is not there
 */
export async function pushImage(
  { descriptor, images, attachments }: ImageToPush,
  to: ImageReference,
  blobs: BlobStore,
  options: PushOptions,
): Promise<void> {
  const repository = openRepository(to.registry, to.repository, 'pull,push', options);
  const all = [...images.flatMap(blobsOf), ...attachments.flatMap(blobsOf)];
  const once = [...new Map(all.map((blob) => [blob.digest, blob])).values()];
  await concurrently(3, once, async (blob) => {
    await uploadBlob(repository, blob, await blobs.pathOf(blob.digest), options);
    options.onBlob?.(blob);
  });
  for (const image of images)
    if (image.descriptor.digest !== descriptor.digest) await pushStored(repository, image.descriptor, blobs, image.descriptor.digest);
  await pushStored(repository, descriptor, blobs, descriptor.digest);
  for (const attachment of attachments) await attach(repository, attachment, blobs);
  if (to.tag !== null) await pushStored(repository, descriptor, blobs, to.tag);
}

async function attach(repository: Repository, { descriptor, manifest }: Attachment, blobs: BlobStore): Promise<void> {
  const keepsReferrers = await pushStored(repository, descriptor, blobs, descriptor.digest);
  if (!keepsReferrers && manifest.subject !== undefined) await addToTaggedList(repository, manifest.subject.digest, descriptor);
}

async function pushStored(
  repository: Repository,
  { digest, mediaType }: Descriptor,
  blobs: BlobStore,
  reference: string,
): Promise<boolean> {
  const { keepsReferrers } = await pushManifest(repository, reference, { mediaType, bytes: await blobs.readBytes(digest) });
  return keepsReferrers;
}
