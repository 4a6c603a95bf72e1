import { dirname, join } from 'node:path';
import type { Digest } from '@tidegate/formats';
import { copyFile, mkdir, rm, stat, writeFileAtomically } from '../../platform/index.ts';
import type { BlobStore } from '../blob-store.ts';
import type { ImagePlatform } from '../descriptor.ts';
import { composeImage, type Image } from '../image.ts';
import { type Layer, writeLayer } from '../layer/write-layer.ts';
import { baseEntries, nonRoot } from './base-entries.ts';
import { closeOver } from './close-over.ts';
import { type DebianSuite, fetchPackage, indexPath, type MirrorOptions, readIndexes } from './mirror.ts';
import { packageParagraph } from './packages-index.ts';
import { unpackDeb } from './unpack-deb.ts';

/** A package that a base is made of, fixed by its digest. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly digest: Digest;
  readonly mirror: string;
  readonly path: string;
  /** Names of packages that it needs. */
  readonly needs: readonly string[];
}

/**
 * Finds these packages of Debian and all that they need as a mirror has them now. That the mirror is who it says rests on TLS: the signature of its index is not looked at, and from then on the
 * digests count.
 *
 * @throws TG-IMAGE-PACKAGE
 */
export async function pinPackages(
  wanted: readonly string[],
  suites: readonly DebianSuite[],
  { architecture }: ImagePlatform,
  options: MirrorOptions = {},
): Promise<readonly PinnedPackage[]> {
  const index = await readIndexes(suites, architecture, options);
  return closeOver(wanted, index).map(({ name, version, architecture: made, digest, path, needs }) => ({
    name,
    version,
    architecture: made,
    digest,
    path,
    needs,
    mirror: index.get(name)?.mirror ?? '',
  }));
}

export interface CopyPackagesRequest {
  readonly packages: readonly PinnedPackage[];
  readonly suite: string;
  readonly architecture: string;
  /** Made, or added to. */
  readonly folder: string;
}

/** Copies packages into a folder that is laid out as a mirror, for a place that reaches none. @throws TG-IMAGE-PACKAGE */
export async function copyPackages(
  { packages, suite, architecture, folder }: CopyPackagesRequest,
  blobs: BlobStore,
  options: MirrorOptions = {},
): Promise<void> {
  const paragraphs: string[] = [];
  for (const one of packages) {
    const from = await fetchPackage(one.mirror, one, blobs, options);
    const to = join(folder, one.path);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, to);
    paragraphs.push(packageParagraph(one, (await stat(to)).size));
  }
  await writeFileAtomically(join(folder, indexPath(suite, architecture)), paragraphs.join('\n'));
}

export interface DebianBaseOptions extends MirrorOptions {
  /** A folder that is not there, on the file system of the store; it is gone afterwards. */
  readonly scratch: string;
}

/**
 * Makes the layer of an image that lies on nothing else from packages of Debian, with no registry and no daemon. No script of a package is run.
 *
 * @throws TG-IMAGE-PACKAGE
 */
export async function debianLayer(packages: readonly PinnedPackage[], blobs: BlobStore, options: DebianBaseOptions): Promise<Layer> {
  const { scratch } = options;
  try {
    const unpacked = [];
    for (const one of packages) {
      const folder = join(scratch, one.name);
      await mkdir(folder, { recursive: true });
      unpacked.push({ name: one.name, ...(await unpackDeb(await fetchPackage(one.mirror, one, blobs, options), folder)) });
    }
    return await writeLayer(blobs, baseEntries(unpacked), { compress: true, scratch: join(scratch, 'layer') });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The image of the layer that {@link debianLayer} has made of these packages: it runs as a user that is not root. */
export function debianImage(packages: readonly PinnedPackage[], layer: Layer, platform: ImagePlatform, blobs: BlobStore): Promise<Image> {
  return composeImage(blobs, {
    base: null,
    platform,
    layers: [{ layer, createdBy: `Debian packages: ${packages.map(({ name, version }) => `${name} ${version}`).join(', ')}` }],
    config: {
      User: `${nonRoot.id}:${nonRoot.id}`,
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'],
      WorkingDir: '/',
    },
    annotations: {},
  });
}
