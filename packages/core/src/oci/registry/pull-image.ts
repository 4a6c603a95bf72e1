import { failure, isDigest, TidegateError } from '@tidegate/formats';
import { concurrently } from '../../platform/index.ts';
import type { BlobStore } from '../blob-store.ts';
import type { Descriptor, ImagePlatform } from '../descriptor.ts';
import { blobsOf, type Image, openImage } from '../image.ts';
import { type ImageReference, imageName } from '../image-reference.ts';
import { readIndex } from '../manifest.ts';
import { asOciMediaType, mediaTypes } from '../media-types.ts';
import { downloadBlob } from './download-blob.ts';
import { type FetchedManifest, fetchManifest, openRepository, type RegistryOptions, type Repository } from './registry.ts';

export interface PullOptions extends RegistryOptions {
  /** Registries that are asked first, in this order, by the registry they stand for. */
  readonly mirrors?: { readonly [registry: string]: readonly string[] };
  /** Gives a name that nobody has, on the file system of the store. */
  readonly scratch: () => string;
}

/**
 * Brings an image to the store: its manifest for the platform, its config and its layers, of which those that are there are not read again.
 *
 * @throws TG-IMAGE-PLATFORM when there is none for the platform, TG-IMAGE-CORRUPT, TG-IMAGE-NOT-FOUND, TG-IMAGE-LOGIN, TG-IMAGE-REGISTRY
 */
export async function pullImage(
  reference: ImageReference,
  platform: ImagePlatform,
  blobs: BlobStore,
  options: PullOptions,
): Promise<Image> {
  const places = [...(options.mirrors?.[reference.registry] ?? []), reference.registry];
  for (const [index, registry] of places.entries())
    try {
      return await pullFrom({ ...reference, registry }, platform, blobs, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (index === places.length - 1 || !(error instanceof TidegateError)) throw error; // a mirror may be down, or may not have it
    }
  throw new Error('The registry itself is one of the places');
}

async function pullFrom(reference: ImageReference, platform: ImagePlatform, blobs: BlobStore, options: PullOptions): Promise<Image> {
  const where = `"${imageName(reference)}"`;
  const repository = openRepository(reference.registry, reference.repository, 'pull', options);
  const fetched = await manifestFor(repository, reference.digest ?? reference.tag ?? 'latest', platform, where);
  await blobs.putBytes(fetched.bytes);
  const descriptor: Descriptor = { mediaType: asOciMediaType(fetched.mediaType), digest: fetched.digest, size: fetched.bytes.length };
  const config = (fetched.json as { readonly config?: Descriptor }).config;
  if (config === undefined || !isDigest(config.digest))
    throw failure(
      'TG-IMAGE-CORRUPT',
      `Cannot read an image of ${where}: its manifest names no config`,
      'Name an image, not something that is attached to one',
    );
  await downloadBlob(repository, config, blobs, options.scratch());
  const image = await openImage(blobs, descriptor, where);
  refuseOther(image, platform, where);
  await concurrently(3, blobsOf(image), (blob) => downloadBlob(repository, blob, blobs, options.scratch()));
  return image;
}

async function manifestFor(repository: Repository, reference: string, platform: ImagePlatform, where: string): Promise<FetchedManifest> {
  const found = await fetchManifest(repository, reference);
  if (asOciMediaType(found.mediaType) !== mediaTypes.index) return found;
  const { manifests } = readIndex(found.json, mediaTypes.index, where);
  const fitting = manifests.find((one) => one.platform?.os === platform.os && one.platform.architecture === platform.architecture);
  if (fitting !== undefined) return fetchManifest(repository, fitting.digest);
  const there = manifests.flatMap((one) =>
    one.platform === undefined || one.platform.os === 'unknown' ? [] : [`${one.platform.os}/${one.platform.architecture}`],
  );
  throw noneFor(platform, where, there);
}

function refuseOther({ config: { os, architecture } }: Image, platform: ImagePlatform, where: string): void {
  if (os !== platform.os || architecture !== platform.architecture) throw noneFor(platform, where, [`${os}/${architecture}`]);
}

function noneFor({ os, architecture }: ImagePlatform, where: string, there: readonly string[]): Error {
  return failure(
    'TG-IMAGE-PLATFORM',
    `Cannot use the image ${where} for ${os}/${architecture}: it is for ${[...new Set(there)].join(', ')}`,
    'Name another image as the base, or build for a platform it is for',
  );
}
