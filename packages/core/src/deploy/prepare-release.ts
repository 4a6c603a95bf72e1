import type { Deployment, Digest, EmitEvent, ReleaseManifest } from '@tidegate/formats';
import { publicPem } from '@tidegate/runtime';
import { checkOutRelease, trustedSignature } from '../packaging/index.ts';
import { exists } from '../platform/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { keptSettings } from './kept-settings.ts';
import { releaseFolder } from './release-folder.ts';
import type { DeploymentPlace, ReleaseSettings } from './target.ts';

export interface Preparation {
  readonly place: DeploymentPlace;
  readonly release: Digest;
  /** An earlier deployment to make again, with its settings and its address; null = as the environment is declared now. */
  readonly like: Deployment | null;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

/** A release with everything it needs to be started. */
export interface PreparedRelease {
  /** Where it is checked out. */
  readonly folder: string;
  readonly settings: ReleaseSettings;
  /** Names the settings in the store. */
  readonly settingsDigest: Digest;
  /** Wanted port; 0 = the one of last time, or a free one. */
  readonly port: number;
}

/** Checks a release out of the store and verifies its signature, makes what it needs beside it, and keeps the settings for a later return to them. */
export async function prepareRelease(deps: DeployDeps, wanted: Preparation): Promise<PreparedRelease> {
  const { place, release, like, emit } = wanted;
  emit({ kind: 'deploy-progress', environment: place.environment, release, doing: 'Checking out the release' });
  const folder = releaseFolder(deps, place, release);
  const manifest = await checkOutRelease(deps.store, release, folder, trustedSignature(deps.state, release, await deps.trust()));
  const settings = await settingsFor(deps, manifest, wanted);
  const port = like?.address == null ? (deps.environments[place.environment]?.port ?? 0) : Number(new URL(like.address).port);
  return { folder, settings, settingsDigest: (await deps.store.putJson(settings)).digest, port };
}

/** What an environment adds to a release that is checked out. Builds the virtual environment of a model that needs one, fills in features that are missing online. */
export async function settingsFor(deps: DeployDeps, manifest: ReleaseManifest, wanted: Preparation): Promise<ReleaseSettings> {
  const kept = wanted.like === null ? null : await keptSettings(deps.store, wanted.like);
  const signature = trustedSignature(deps.state, wanted.release, await deps.trust());
  return {
    variables: kept?.variables ?? deps.environments[wanted.place.environment]?.variables ?? {},
    online: manifest.features === null ? null : await deps.online(manifest, wanted.signal),
    log: deps.log(wanted.place.service),
    trusted: signature === null ? null : publicPem(signature.key),
    python: await pythonFor(deps, manifest, { ...wanted, kept: kept?.python ?? null }),
  };
}

async function pythonFor(
  deps: DeployDeps,
  { python }: ReleaseManifest,
  { place, release, kept, signal, emit }: Preparation & { readonly kept: string | null },
): Promise<string | null> {
  if (python === null) return null;
  if (kept !== null && (await exists(kept))) return kept;
  const requirements = python.requirements === null ? null : `${releaseFolder(deps, place, release)}/requirements.txt`;
  const progress = (doing: string): void => emit({ kind: 'virtual-environment-progress', doing, fraction: null });
  return deps.python.ensure({ requirements, interpreter: python.interpreter }, { signal, progress });
}
