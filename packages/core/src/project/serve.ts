import { join } from 'node:path';
import { failure } from '@tidegate/formats';
import { checkOutRelease } from '../packaging/index.ts';
import { mkdtemp, rm, runInForeground, systemPlatform, tmpdir } from '../platform/index.ts';
import { pythonOf } from './exec.ts';
import { findDigest } from './find-digest.ts';
import type { Project, ServingProgram } from './project.ts';
import { onlineStoreWith } from './online-store.ts';
import { newestReleases } from './releases.ts';

export interface FolderToServe {
  readonly serving: ServingProgram;
  /** A release as a folder. */
  readonly folder: string;
  readonly port: number;
  readonly online: string | null;
  /** Interpreter for a model that is not ONNX; null = `python3`. */
  readonly python: string | null;
  readonly signal: AbortSignal;
}

/** Serves a release folder with the terminal until it is interrupted. Returns the server's exit code. */
export function serveFolder({ serving, folder, port, online, python, signal }: FolderToServe): Promise<number> {
  const options = [...(online === null ? [] : ['--online', online]), ...(python === null ? [] : ['--python', python])];
  const variables = { ...systemPlatform.variables, ORT_DISABLE_TELEMETRY: '1' };
  return runInForeground([...serving.argv, 'serve', '--release', folder, '--port', String(port), ...options], {
    cwd: folder,
    variables,
    signal,
  });
}

export interface ReleaseToServe {
  /** Digest or its first digits; null = the newest release a run made. */
  readonly release: string | null;
  readonly port: number;
  /** Null = that of the project. */
  readonly online: string | null;
  readonly signal: AbortSignal;
}

/** Serves a release of the project with the terminal. @throws TG-CLI-NOT-FOUND */
export async function serveRelease(project: Project, { release, port, online, signal }: ReleaseToServe): Promise<number> {
  const digest = release === null ? (newestReleases(project)[0] ?? null) : await findDigest(project, release);
  if (digest === null)
    throw failure(
      'TG-CLI-NOT-FOUND',
      release === null ? 'Cannot serve: no run has made a release yet' : `Cannot serve "${release}": the project has no such release`,
      'Make one: tidegate run',
    );
  const place = await mkdtemp(join(tmpdir(), 'tidegate-serve-'));
  try {
    const folder = join(place, 'release');
    const manifest = await checkOutRelease(project.store, digest, folder);
    const python = manifest.python === null ? null : await pythonOf(project, { signal, onBuild: () => {} });
    return await serveFolder({
      serving: project.serving,
      folder,
      port,
      online: online ?? (manifest.features === null ? null : await onlineStoreWith(project, manifest, signal)),
      python,
      signal,
    });
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
