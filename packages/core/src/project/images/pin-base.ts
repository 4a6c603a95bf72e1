import { join } from 'node:path';
import { imageBaseText, type ImageBase } from '../../packaging/index.ts';
import { copyPackages, type DebianSuite, type PinnedPackage, pinPackages } from '../../oci/index.ts';
import { exists, writeFileAtomically } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { ownPlatform, platformNamed, usualBaseFile } from './build-release-image.ts';

export interface PinBaseRequest {
  /** Relative to the project; null = {@link usualBaseFile}. */
  readonly file: string | null;
  /** `linux/amd64`; none = that of this machine. */
  readonly platforms: readonly string[];
  /** Packages of Debian besides those that the model server needs. */
  readonly packages: readonly string[];
  /** Address of a Debian mirror, or a folder laid out as one; null = Debian's own, with its security updates. */
  readonly mirror: string | null;
  /** `bookworm`. */
  readonly suite: string;
  /** Absolute: the packages are copied there as a mirror; null = they are read when an image is built. */
  readonly copyTo: string | null;
  readonly signal: AbortSignal;
}

export interface PinnedBase {
  readonly file: string;
  readonly isNew: boolean;
  readonly platforms: { readonly [platform: string]: readonly PinnedPackage[] };
}

/** What Node and ONNX Runtime need of a system: the C and C++ libraries; and names of hosts, of time zones, of authorities. */
const needed = ['base-files', 'ca-certificates', 'libc6', 'libgcc-s1', 'libstdc++6', 'netbase', 'tzdata'] as const;

/**
 * Pins what images lie on: packages of Debian as a mirror has them now, by their digests, in a file to be committed. From then on the mirror only has to have these files.
 *
 * @throws TG-IMAGE-PACKAGE, TG-IMAGE-PLATFORM
 */
export async function pinBase(
  { root, store }: Project,
  { file, platforms, packages, mirror, suite, copyTo, signal }: PinBaseRequest,
): Promise<PinnedBase> {
  const path = join(root, file ?? usualBaseFile);
  const found: { [platform: string]: readonly PinnedPackage[] } = {};
  for (const one of platforms.length === 0 ? [ownPlatform()] : platforms.map(platformNamed)) {
    const pinned = await pinPackages([...needed, ...packages], suitesOf(mirror, suite), one, { signal });
    found[`${one.os}/${one.architecture}`] = pinned;
    if (copyTo !== null) await copyPackages({ packages: pinned, suite, architecture: one.architecture, folder: copyTo }, store, { signal });
  }
  const base: ImageBase = { format: 'tidegate.image-base/1', platforms: found };
  const isNew = !(await exists(path));
  await writeFileAtomically(path, imageBaseText(base));
  return { file: file ?? usualBaseFile, isNew, platforms: found };
}

function suitesOf(mirror: string | null, suite: string): readonly DebianSuite[] {
  if (mirror !== null) return [{ mirror, suite }];
  return [
    { mirror: 'https://deb.debian.org/debian', suite },
    { mirror: 'https://deb.debian.org/debian-security', suite: `${suite}-security` },
  ];
}
