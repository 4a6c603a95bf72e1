import { join } from 'node:path';
import type { Digest, FeatureSetRecord, ReleaseManifest, TestCase } from '@tidegate/formats';
import { checkOutRelease } from '../../packaging/index.ts';
import type { StepContext } from '../../pipeline/index.ts';
import { mkdir } from '../../platform/index.ts';
import type { DeployDeps } from '../deploy-deps.ts';
import { serverVariables } from '../server-variables.ts';
import { startThrowAway, type ThrowAwayServer } from './throw-away-server.ts';

export interface PreparingDeps extends Pick<DeployDeps, 'http' | 'python'> {
  /** Command line of the serving process, without its arguments. */
  readonly serving: { readonly argv: readonly string[] };
  /** Makes an online store with the newest features of the dataset versions, for the trial alone, and says of each feature whether what is found there is what training computes. */
  readonly fillOnlineStore: (request: TrialFeatures) => Promise<readonly TestCase[]>;
}

export interface TrialFeatures {
  /** Feature definitions of the release, an object of the store. */
  readonly definitions: Digest;
  readonly record: FeatureSetRecord;
  /** Where to write it. */
  readonly file: string;
  readonly context: StepContext;
}

/** A release in a throw-away place, which may be started there any number of times. */
export interface PreparedRelease {
  readonly start: () => Promise<ThrowAwayServer>;
  /** For each feature whether serving finds what training computes; empty for a release that looks up none. */
  readonly features: readonly TestCase[];
}

export interface ReleaseToPrepare {
  readonly release: Digest;
  /** Of the dataset versions that its features are filled from; null for one that looks up none. */
  readonly record: FeatureSetRecord | null;
  /** `services.delay-api`, for messages. */
  readonly name: string;
  /** Made when it is not there. */
  readonly place: string;
}

/** Checks a release out, fills an online store for it and finds its Python. @throws what keeps it from being started */
export async function prepareTrial(deps: PreparingDeps, context: StepContext, wanted: ReleaseToPrepare): Promise<PreparedRelease> {
  const { release, name, place } = wanted;
  await mkdir(place, { recursive: true });
  const manifest = await checkOutRelease(context.store, release, join(place, 'release'));
  const online = await onlineStore(deps, context, { ...wanted, manifest });
  const python = await pythonFor(deps, context, { manifest, place });
  const argv = [
    ...deps.serving.argv,
    'serve',
    '--release',
    join(place, 'release'),
    '--port',
    '0',
    ...(online === null ? [] : ['--online', online.file]),
    ...(python === null ? [] : ['--python', python]),
  ];
  return {
    features: online?.cases ?? [],
    start: () =>
      startThrowAway({
        argv,
        variables: serverVariables(context.platform, context.node.variables),
        folder: place,
        name,
        http: deps.http,
        signal: context.signal,
        ownProcess: context.ownProcess,
        log: context.log,
      }),
  };
}

interface FilledStore {
  readonly file: string;
  readonly cases: readonly TestCase[];
}

async function onlineStore(
  deps: PreparingDeps,
  context: StepContext,
  { manifest, record, place }: ReleaseToPrepare & { readonly manifest: ReleaseManifest },
): Promise<FilledStore | null> {
  if (record === null || manifest.definitions === null) return null;
  context.progress('filling an online store', null);
  const file = join(place, 'online.sqlite');
  const cases = await deps.fillOnlineStore({ definitions: manifest.definitions, record, file, context });
  return { file, cases };
}

async function pythonFor(
  deps: PreparingDeps,
  { signal, progress }: StepContext,
  { manifest: { python }, place }: { readonly manifest: ReleaseManifest; readonly place: string },
): Promise<string | null> {
  if (python === null) return null;
  const requirements = python.requirements === null ? null : join(place, 'release', 'requirements.txt');
  const building = { signal, progress: (doing: string) => progress(`virtual environment: ${doing}`, null) };
  return deps.python.ensure({ requirements, interpreter: python.interpreter }, building);
}
