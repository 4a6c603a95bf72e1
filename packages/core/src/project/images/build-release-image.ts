import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { type Digest, failure, invariant } from '@tidegate/formats';
import { type ImagePlatform, imageReference } from '../../oci/index.ts';
import { buildImage, type BuiltImage, type ImageGround, openLayerCache, readImageBase } from '../../packaging/index.ts';
import { openHttpExchange, readTextIfThere } from '../../platform/index.ts';
import { requireRelease } from '../deploy/releases.ts';
import type { Project } from '../project.ts';

/** The file of the base that a project has, unless another is named. */
export const usualBaseFile = 'image-base.json';

export interface ReleaseImageRequest {
  /** Digest of the release or its first digits; null = the newest that a run made. */
  readonly release: string | null;
  /** A file that `tidegate image base` has made, relative to the project, or an image of a registry; null = {@link usualBaseFile}. */
  readonly base: string | null;
  /** `linux/amd64`; none = that of this machine. */
  readonly platforms: readonly string[];
  readonly onStep: (doing: string) => void;
  readonly signal: AbortSignal;
}

export interface ReleaseImage extends BuiltImage {
  readonly release: Digest;
}

/**
 * Builds the image of a release of the project.
 *
 * @throws TG-CLI-NOT-FOUND, TG-IMAGE-BASE, TG-IMAGE-PLATFORM, and as {@link buildImage}
 */
export async function buildReleaseImage(
  project: Project,
  { release, base, platforms, onStep, signal }: ReleaseImageRequest,
): Promise<ReleaseImage> {
  const digest = await requireRelease(project, release, 'build an image of');
  const { store, home, serving, platform } = project;
  const [, program] = serving.argv;
  invariant(program !== undefined, 'the model server is started with Node');
  const exchange = openHttpExchange();
  const built = await buildImage(
    {
      release: digest,
      ground: await groundNamed(project, base),
      platforms: platforms.length === 0 ? [ownPlatform()] : platforms.map(platformNamed),
    },
    {
      store,
      layers: openLayerCache(home.imageLayers, store),
      servingProgram: program,
      nodeVersion: process.versions.node,
      exchange,
      pull: { variables: platform.variables, exchange, signal },
      scratch: () => scratchIn(project),
      onStep,
    },
  );
  return { ...built, release: digest };
}

/** Beside the objects, where whatever a killed command leaves is swept. */
function scratchIn({ home }: Project): string {
  return join(home.objects, `.tmp-${process.pid}-${randomBytes(8).toString('hex')}`);
}

async function groundNamed({ root }: Project, base: string | null): Promise<ImageGround> {
  const file = base ?? usualBaseFile;
  const content = base !== null && !base.endsWith('.json') ? null : await readTextIfThere(join(root, file));
  if (content !== null) return { kind: 'debian', base: readImageBase(content, file) };
  if (base === null || base.endsWith('.json'))
    throw failure(
      'TG-IMAGE-BASE',
      `Cannot build an image: there is no file "${file}" that says what it lies on`,
      `Make it: tidegate image base ${file}`,
    );
  return { kind: 'registry', reference: imageReference(base) };
}

/** That of containers on this machine: of Linux, wherever it runs. */
export function ownPlatform(): ImagePlatform {
  return { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' };
}

/** `linux/arm64`. @throws TG-IMAGE-PLATFORM */
export function platformNamed(text: string): ImagePlatform {
  const [os, architecture, ...more] = text.split('/');
  if (os && architecture && more.length === 0) return { os, architecture };
  throw failure(
    'TG-IMAGE-PLATFORM',
    `Cannot use the platform "${text}": it must be an operating system and a processor`,
    'Write it as linux/amd64',
  );
}
