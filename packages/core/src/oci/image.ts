import { canonicalJson, type Digest, type Json } from '@tidegate/formats';
import type { BlobStore } from './blob-store.ts';
import type { Descriptor, ImagePlatform } from './descriptor.ts';
import type { Layer } from './layer/write-layer.ts';
import {
  type ContainerConfig,
  type HistoryEntry,
  type ImageConfig,
  type ImageManifest,
  readImageConfig,
  readManifest,
} from './manifest.ts';
import { asOciMediaType, mediaTypes } from './media-types.ts';

/** An image for one platform whose manifest, config and layers are in a {@link BlobStore}. */
export interface Image {
  /** Of the manifest, with its platform. */
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
}

/** A layer, and what its line in the history says. */
export interface NamedLayer {
  readonly layer: Layer;
  readonly createdBy: string;
}

export interface ImageParts {
  /** What the layers lie on; null for an image from nothing. */
  readonly base: Image | null;
  readonly platform: ImagePlatform;
  readonly layers: readonly NamedLayer[];
  /** What is not said here is as in the base; labels and variables are added to its own. */
  readonly config: ContainerConfig;
  readonly annotations: { readonly [name: string]: string };
}

/** Its time is that of no clock, so that the same image made twice has one digest. */
const madeAt = '1970-01-01T00:00:00Z';

/** Puts an image together. The same parts give the same bytes. */
export async function composeImage(blobs: BlobStore, { base, platform, layers, config, annotations }: ImageParts): Promise<Image> {
  const history: HistoryEntry[] = layers.map(({ createdBy }) => ({ created: madeAt, created_by: createdBy }));
  const whole: ImageConfig = {
    ...platform,
    created: madeAt,
    config: { ...base?.config.config, ...config, ...withAdded(base?.config.config ?? {}, config) },
    rootfs: { type: 'layers', diff_ids: [...(base?.config.rootfs.diff_ids ?? []), ...layers.map(({ layer }) => layer.diffId)] },
    history: [...(base?.config.history ?? []), ...history],
  };
  const stored = await blobs.putBytes(canonicalJson(whole));
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.config, digest: stored.digest, size: stored.bytes },
    layers: [
      ...(base?.manifest.layers ?? []).map((layer) => ({ ...layer, mediaType: asOciMediaType(layer.mediaType) })),
      ...layers.map(({ layer: { mediaType, digest, size } }) => ({ mediaType, digest, size })),
    ],
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
  const { digest, bytes } = await blobs.putBytes(canonicalJson(manifest));
  return { descriptor: { mediaType: mediaTypes.manifest, digest, size: bytes, platform }, manifest, config: whole };
}

function withAdded(
  base: ContainerConfig,
  { Labels: labels, Env: variables = [] }: ContainerConfig,
): Pick<ContainerConfig, 'Labels' | 'Env'> {
  const nameOf = (variable: string): string => variable.split('=')[0] ?? '';
  const replaced = new Set(variables.map(nameOf));
  const all = [...(base.Env ?? []).filter((variable) => !replaced.has(nameOf(variable))), ...variables];
  return { ...(all.length > 0 && { Env: all }), Labels: { ...base.Labels, ...labels } };
}

/** Reads an image back from its manifest. @throws TG-IMAGE-CORRUPT, and what the store throws of a blob that is not there */
export async function openImage(blobs: BlobStore, descriptor: Descriptor, where: string): Promise<Image> {
  const manifest = readManifest(await jsonOf(blobs, descriptor.digest), descriptor.mediaType, where);
  const config = readImageConfig(await jsonOf(blobs, manifest.config.digest), where);
  const { os, architecture, variant } = config;
  return { descriptor: { ...descriptor, platform: { os, architecture, ...(variant !== undefined && { variant }) } }, manifest, config };
}

async function jsonOf(blobs: BlobStore, digest: Digest): Promise<Json> {
  try {
    return JSON.parse(Buffer.from(await blobs.readBytes(digest)).toString('utf8')) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The blobs of an image besides its manifest: its config first, then the layers from the lowest, each but once. */
export function blobsOf({ manifest }: Pick<Image, 'manifest'>): readonly Descriptor[] {
  return [...new Map([manifest.config, ...manifest.layers].map((blob) => [blob.digest, blob])).values()];
}
