import { join } from 'node:path';
import { failure, type ReleaseManifest } from '@tidegate/formats';
import { publicPem } from '@tidegate/runtime';
import { checkOutRelease } from '../../packaging/index.ts';
import { exists, mkdtemp, rm, runInForeground, systemPlatform, tmpdir } from '../../platform/index.ts';
import { pythonOf } from '../run/exec.ts';
import type { Project, ServingProgram } from '../project.ts';
import { onlineStoreWith } from '../features/online-store.ts';
import { signatureFor } from './release-trust.ts';
import { requireRelease } from './releases.ts';

/** Options of the model server by name, as its command line has them: docs/reference/serving-api.md. Those left out have its defaults. */
export type ServerOptions = { readonly [name: string]: string };

export interface FolderToServe {
  readonly serving: ServingProgram;
  /** A release as a folder. */
  readonly folder: string;
  readonly options: ServerOptions;
  readonly signal: AbortSignal;
}

/** Serves a release folder with the terminal until it is interrupted. @throws TG-CLI-NOT-FOUND, TG-CLI-SERVER-ENDED */
export async function serveFolder({ serving, folder, options, signal }: FolderToServe): Promise<void> {
  if (!(await exists(join(folder, 'release.json'))))
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot serve "${folder}": it is no folder with a release`,
      'Name the folder that holds the file release.json',
    );
  const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const argv = [...serving.argv, 'serve', '--release', folder, ...given];
  const variables = { ...systemPlatform.variables, ORT_DISABLE_TELEMETRY: '1' };
  const code = await runInForeground(argv, { cwd: folder, variables, signal });
  if (code !== 0 && !signal.aborted)
    throw failure('TG-CLI-SERVER-ENDED', `Cannot go on serving: the model server ended with ${code}`, 'Its own words above say why');
}

export interface ReleaseToServe {
  /** Digest or its first digits; null = the newest release a run made. */
  readonly release: string | null;
  /** `online` and `python` are those of the project when they are left out. */
  readonly options: ServerOptions;
  readonly signal: AbortSignal;
}

/** Serves a release of the project with the terminal until it is interrupted. @throws TG-CLI-NOT-FOUND, TG-CLI-SERVER-ENDED */
export async function serveRelease(project: Project, { release, options, signal }: ReleaseToServe): Promise<void> {
  const digest = await requireRelease(project, release, 'serve');
  const place = await mkdtemp(join(tmpdir(), 'tidegate-serve-'));
  try {
    const folder = join(place, 'release');
    const signature = await signatureFor(project, digest);
    const manifest = await checkOutRelease(project.store, digest, folder, signature);
    const trusted = signature === null ? {} : { 'trusted-keys': publicPem(signature.key) };
    const found = { ...trusted, ...(await optionsOf(project, manifest, { options, signal })) };
    await serveFolder({ serving: project.serving, folder, options: found, signal });
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function optionsOf(
  project: Project,
  manifest: ReleaseManifest,
  { options, signal }: Pick<ReleaseToServe, 'options' | 'signal'>,
): Promise<ServerOptions> {
  const python =
    manifest.python === null || options['python'] !== undefined ? null : await pythonOf(project, { signal, onBuild: () => {} });
  const online = manifest.features === null || options['online'] !== undefined ? null : await onlineStoreWith(project, manifest, signal);
  return { ...(python !== null && { python }), ...(online !== null && { online }), ...options };
}
