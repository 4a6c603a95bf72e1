import { join } from 'node:path';
import { type Digest, type FeatureSetRecord, type Json, type ReleaseManifest, stepName, type TestCase } from '@tidegate/formats';
import { checkOutRelease } from '../../packaging/index.ts';
import { inputOf, type StepContext, type StepKind } from '../../pipeline/index.ts';
import { machineClass, mkdir } from '../../platform/index.ts';
import { readRecord } from '../../store/index.ts';
import { loadApiTests } from '../api-tests/load-api-tests.ts';
import { runApiTests } from '../api-tests/run-api-tests.ts';
import type { DeployDeps } from '../deploy-deps.ts';
import { serverVariables } from '../server-variables.ts';
import { type Latency, measureLatency } from './measure-latency.ts';
import { startThrowAway, type ThrowAwayServer } from './throw-away-server.ts';
import { featureEvidence, inEnvironment, latencyEvidence, testEvidence } from './trial-evidence.ts';
import type { TrialSettings } from './trial-nodes.ts';

export interface TrialDeps extends Pick<DeployDeps, 'http' | 'python'> {
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

/**
 * Starts a release in a throw-away place, on a port and with an online store of its own, runs API tests and measures its latency.
 * Cached by release, features, tests and variables. Where the gate limits the latency, the class of the machine belongs to the key as
 * well: a latency measured elsewhere says nothing here.
 */
export function trialKind(deps: TrialDeps): StepKind {
  return {
    kind: 'trial',
    version: 3,
    measures: true,
    facts: async ({ node }) => (settingsOf(node).latencyP99Ms === null ? {} : { machine: machineClass() }),
    run: async (context) => {
      const settings = settingsOf(context.node);
      const subject = stepName(`services.${settings.service}`);
      const files = context.inputs.flatMap(({ name, source }) => (source === null ? [] : [{ name, path: source }]));
      const tests = await loadApiTests(files, settings);
      const { server: started, features } = await start(deps, context);
      await using server = started;
      using http = deps.http(); // closed before the server is told to end, which then has nothing to wait for
      context.progress('running the API tests', null);
      const { signal } = context;
      const { address, coldStartMs } = server;
      const report = await runApiTests(tests, { address, suite: suiteOf(settings), send: http.send, signal });
      context.progress('measuring the latency', null);
      const latency = await measureLatency({ tests, report, address, http, confidence: settings.confidence, signal });
      const limit = settings.latencyP99Ms;
      const limits = limit === null ? [] : [latencyEvidence(subject, latency, { limit, confidence: settings.confidence })];
      const evidence = [testEvidence(subject, report), ...featureEvidence(subject, suiteOf(settings), features), ...limits].map((one) =>
        inEnvironment(one, settings.environment),
      );
      const { digest, bytes } = await context.store.putJson(report);
      return {
        outputs: { report: { kind: 'file', digest, bytes, files: 1 } },
        evidence,
        facts: { coldStartMs: Math.round(coldStartMs), ...latencyFacts(latency) },
      };
    },
  };
}

function settingsOf({ settings }: Pick<StepContext['node'], 'settings'>): TrialSettings {
  return settings as unknown as TrialSettings; // as trialNodes wrote them
}

function suiteOf({ service, environment }: TrialSettings): string {
  return environment === null ? service : `${service} in ${environment}`;
}

interface Trial {
  readonly server: ThrowAwayServer;
  /** For each feature whether serving finds what training computes; empty for a release that looks up none. */
  readonly features: readonly TestCase[];
}

async function start(deps: TrialDeps, context: StepContext): Promise<Trial> {
  const { service } = settingsOf(context.node);
  const place = join(await context.workspace(), 'trial');
  await mkdir(place, { recursive: true });
  const release = inputOf(context, `services.${service}/manifest`).artifact.digest;
  const manifest = await checkOutRelease(context.store, release, join(place, 'release'));
  const online = await onlineStore(deps, context, { manifest, place });
  const python = await pythonFor(deps, context, { manifest, place });
  context.progress('starting the release', null);
  const server = await startThrowAway({
    argv: [
      ...deps.serving.argv,
      'serve',
      '--release',
      join(place, 'release'),
      '--port',
      '0',
      ...(online === null ? [] : ['--online', online.file]),
      ...(python === null ? [] : ['--python', python]),
    ],
    variables: serverVariables(context.platform, context.node.variables),
    folder: place,
    name: `services.${service}`,
    http: deps.http,
    signal: context.signal,
    ownProcess: context.ownProcess,
    log: context.log,
  });
  return { server, features: online?.cases ?? [] };
}

interface Started {
  readonly manifest: ReleaseManifest;
  readonly place: string;
}

interface FilledStore {
  readonly file: string;
  readonly cases: readonly TestCase[];
}

async function onlineStore(deps: TrialDeps, context: StepContext, { manifest, place }: Started): Promise<FilledStore | null> {
  const { features } = settingsOf(context.node);
  if (features === null || manifest.definitions === null) return null;
  context.progress('filling an online store', null);
  const { digest } = inputOf(context, `features.${features}/record`).artifact;
  const record = await readRecord(context.store, 'tidegate.feature-set/1', digest);
  const file = join(place, 'online.sqlite');
  const cases = await deps.fillOnlineStore({ definitions: manifest.definitions, record, file, context });
  return { file, cases };
}

async function pythonFor(
  deps: TrialDeps,
  { signal, progress }: StepContext,
  { manifest: { python }, place }: Started,
): Promise<string | null> {
  if (python === null) return null;
  const requirements = python.requirements === null ? null : join(place, 'release', 'requirements.txt');
  const building = { signal, progress: (doing: string) => progress(`virtual environment: ${doing}`, null) };
  return deps.python.ensure({ requirements, interpreter: python.interpreter }, building);
}

function latencyFacts(latency: Latency | string): { readonly [name: string]: Json } {
  if (typeof latency === 'string') return { latency: `not measured: ${latency}` };
  const round = (value: number): number => Number(value.toFixed(3));
  return {
    requests: latency.requests,
    p50Ms: round(latency.p50),
    p99Ms: round(latency.p99.estimate),
    p99AtMostMs: latency.p99.high && round(latency.p99.high),
  };
}
