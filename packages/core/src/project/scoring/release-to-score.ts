import { type Digest, failure, type ReleaseManifest } from '@tidegate/formats';
import { lastEnvironment } from '../../config/index.ts';
import { findReleases, readRelease } from '../../packaging/index.ts';
import { environmentsOf, requireEnvironment } from '../deploy/environments.ts';
import { findDigest } from '../explain/find-digest.ts';
import type { Project } from '../project.ts';
import { newestReleases } from '../deploy/releases.ts';

export interface ReleaseWanted {
  /** Digest or its first digits; null = what is live. */
  readonly release: string | null;
  /** Null = the last one. */
  readonly environment: string | null;
  /** Null where there is one. */
  readonly service: string | null;
}

export interface ReleaseToScore {
  readonly release: Digest;
  readonly manifest: ReleaseManifest;
  /** Where it is live; null when it was named, or is the newest of a project without anything live. */
  readonly environment: string | null;
  readonly commit: string | null;
}

/** The release that was named, or what is live in the environment; without either what is live in the last one, or else the newest. @throws TG-CLI-NOT-FOUND */
export async function releaseToScore(project: Project, wanted: ReleaseWanted): Promise<ReleaseToScore> {
  const { digest, environment } = await choose(project, wanted);
  const manifest = await readRelease(project.store, digest);
  const commit = findReleases(project.state, project.name, digest)[0]?.commit ?? null;
  return { release: digest, manifest, environment, commit };
}

interface Chosen {
  readonly digest: Digest;
  readonly environment: string | null;
}

async function choose(project: Project, { release, environment, service }: ReleaseWanted): Promise<Chosen> {
  if (release !== null) {
    const digest = await findDigest(project, release);
    if (digest !== null) return { digest, environment: null };
    throw notFound(`"${release}": the project has no such release`, 'Find its digest with "tidegate status"');
  }
  if (environment !== null) requireEnvironment(project, environment);
  const place = environment ?? lastEnvironment(project.config.environments);
  const live = (await environmentsOf(project)).flatMap((one) =>
    one.name === place && one.release !== null && (service === null || one.service === service) ? [{ ...one, release: one.release }] : [],
  );
  const [first] = live;
  if (first !== undefined && live.length === 1) return { digest: first.release, environment: place };
  if (live.length > 1) throw severalServices(live.map((one) => one.service ?? ''));
  if (environment !== null)
    throw notFound(`with what is live in "${environment}": nothing is`, `Deploy something: tidegate deploy ${environment}`);
  return { digest: await newestOf(project, service), environment: null };
}

async function newestOf(project: Project, service: string | null): Promise<Digest> {
  const releases = await Promise.all(
    newestReleases(project).map(async (digest) => ({ digest, service: (await readRelease(project.store, digest)).service })),
  );
  const fitting = releases.filter((one) => service === null || one.service === service);
  const [first] = fitting;
  if (first === undefined)
    throw notFound(
      service === null ? 'anything: no run has made a release yet' : `by "${service}": it has no release`,
      'Make one: tidegate run',
    );
  if (fitting.length > 1) throw severalServices(fitting.map((one) => one.service));
  return first.digest;
}

function severalServices(names: readonly string[]): Error {
  return notFound('without knowing by which service: there are several', `Name one of ${names.join(', ')} with "--service"`);
}

function notFound(found: string, hint: string): Error {
  return failure('TG-CLI-NOT-FOUND', `Cannot score ${found}`, hint);
}
