import { type Digest, failure } from '@tidegate/formats';
import { checkOutRelease } from '../../packaging/index.ts';
import { existsSync } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { signatureFor } from './release-trust.ts';
import { requireRelease } from './releases.ts';

export interface PlaceReleaseRequest {
  /** Digest or its first digits; null = the newest release that a run made. */
  readonly release: string | null;
  /** Absolute; made. */
  readonly folder: string;
}

export interface PlacedRelease {
  readonly release: Digest;
  readonly service: string;
  readonly folder: string;
}

/**
 * Writes a release as a folder with a start command, to be copied to where it runs: all of it or nothing.
 * @throws TG-CLI-NOT-FOUND; TG-CLI-USAGE when something is there already; as {@link checkOutRelease}
 */
export async function placeRelease(project: Project, { release, folder }: PlaceReleaseRequest): Promise<PlacedRelease> {
  const digest = await requireRelease(project, release, 'write');
  if (existsSync(folder))
    throw failure('TG-CLI-USAGE', `Cannot write the release to "${folder}": something is there already`, 'Name a folder that is not there');
  const { service } = await checkOutRelease(project.store, digest, folder, await signatureFor(project, digest));
  return { release: digest, service, folder };
}
