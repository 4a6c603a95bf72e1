import { buildReleaseImage, type Project, type ReleaseImage } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import type { Command, Invocation } from '../../command.ts';
import { bytes } from '../../render/figures.ts';

/** What an image is built of, for verbs that build one. */
export const buildOptions: Command['options'] = {
  base: {
    type: 'string',
    value: 'BASE',
    help: 'What it lies on: a file that "tidegate image base" has made (default: image-base.json), or an image of a registry, best by its digest',
  },
  platform: {
    type: 'string',
    value: 'PLATFORM',
    multiple: true,
    help: 'linux/amd64 or linux/arm64, given again for an image of both (default: the processor of this machine)',
  },
};

/** Builds what {@link buildOptions} say, and tells what is being done. */
export async function builtImage(
  project: Project,
  { text, texts, terminal, signal }: Invocation,
  release: string | null,
): Promise<ReleaseImage> {
  const onStep = (doing: string): void => terminal.status(doing);
  return buildReleaseImage(project, { release, base: text('base') ?? null, platforms: texts('platform'), onStep, signal });
}

/** A line for each layer: what it is, how long, and whether it was there. */
export function layerLines({ layers }: ReleaseImage): readonly string[] {
  const several = new Set(layers.map(({ platform }) => platform)).size > 1;
  return layers.map(({ platform, what, digest, bytes: size, isReused }) => {
    const place = several ? `${platform} ` : '';
    return `  ${place}${what.padEnd(13)} ${bytes(size).padStart(9)}  ${shortDigest(digest)}${isReused ? '  there already' : ''}`;
  });
}
