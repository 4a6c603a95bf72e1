import { join } from 'node:path';
import {
  type Artifact,
  type Digest,
  type FeatureSetRecord,
  type Json,
  type MeasuredServing,
  stepName,
  type TestReport,
  TidegateError,
} from '@tidegate/formats';
import type { Champion, ChampionSource } from '../../models/index.ts';
import { inputOf, type StepContext, type StepKind } from '../../pipeline/index.ts';
import { machineClass } from '../../platform/index.ts';
import { readRecord } from '../../store/index.ts';
import type { ApiTest } from '../api-tests/api-test.ts';
import { loadApiTests } from '../api-tests/load-api-tests.ts';
import { runApiTests } from '../api-tests/run-api-tests.ts';
import { comparesCost, requestsNeeded, startsFor } from './judge-cost.ts';
import { measureCost, type MeasuredCost } from './measure-cost.ts';
import { type PreparedRelease, type PreparingDeps, prepareTrial } from './prepared-release.ts';
import { quantileBounds } from './quantile-bounds.ts';
import { costRules, judgedCost, withJudgement } from './replay-cost.ts';
import type { ThrowAwayServer } from './throw-away-server.ts';
import { timedRequest } from './timed-request.ts';
import { featureEvidence, inEnvironment, testEvidence } from './trial-evidence.ts';
import type { TrialSettings } from './trial-nodes.ts';

export interface TrialDeps extends PreparingDeps {
  readonly champions: ChampionSource;
}

type Asked = Pick<StepContext, 'node' | 'inputs' | 'store'>;

/**
 * Starts a release in a throw-away place, on a port and with an online store of its own, runs API tests and measures what serving it costs.
 * Cached by release, features, tests and variables. Where the gate limits the cost, the class of the machine belongs to the key as well, and the
 * champion where it is held against that: what was measured elsewhere, or of another champion, says nothing here.
 */
export function trialKind(deps: TrialDeps): StepKind {
  // the champion that entered the key is the one to compare with, whatever is deployed in the meantime
  const answers = new Map<Digest, Champion | null>();
  const ask = async (asked: Asked): Promise<Champion | null> => {
    const { limits } = settingsOf(asked.node);
    if (limits === null || !comparesCost(limits)) return null;
    const release = releaseOf(asked);
    const { project, model } = await readRecord(asked.store, 'tidegate.release/1', release);
    const champion = await deps.champions.champion({ project, model: model.name, candidate: model.artifact });
    answers.set(release, champion);
    return champion;
  };
  return {
    kind: 'trial',
    version: costRules,
    measures: true,
    facts: async (asked) => {
      const { limits } = settingsOf(asked.node);
      if (limits === null) return {};
      const champion = await ask(asked);
      return { machine: machineClass(), ...(comparesCost(limits) && { champion: champion && { release: champion.release } }) };
    },
    run: async (context) => {
      const known = answers.get(releaseOf(context));
      return tryRelease(deps, context, known === undefined ? await ask(context) : known);
    },
  };
}

function settingsOf({ settings }: Pick<StepContext['node'], 'settings'>): TrialSettings {
  return settings as unknown as TrialSettings; // as trialNodes wrote them
}

function releaseOf(context: Pick<Asked, 'node' | 'inputs'>): Digest {
  return inputOf(context, `services.${settingsOf(context.node).service}/manifest`).artifact.digest;
}

async function tryRelease(deps: TrialDeps, context: StepContext, champion: Champion | null): ReturnType<StepKind['run']> {
  const settings = settingsOf(context.node);
  const { service, features, environment, confidence, limits, overrides } = settings;
  const { store } = context;
  const files = context.inputs.flatMap(({ name, source }) => (source === null ? [] : [{ name, path: source }]));
  const tests = await loadApiTests(files, settings);
  const record =
    features === null
      ? null
      : await readRecord(store, 'tidegate.feature-set/1', inputOf(context, `features.${features}/record`).artifact.digest);
  const release = releaseOf(context);
  const place = join(await context.workspace(), 'trial');
  const prepared = await prepareTrial(deps, context, { release, record, name: `services.${service}`, place });
  const suite = environment === null ? service : `${service} in ${environment}`;
  const { report, cost } = await askRelease(deps, context, { settings, suite, tests, prepared, record, champion });
  const { model } = await readRecord(store, 'tidegate.release/1', release);
  const subject = stepName(`services.${service}`);
  const request = limits === null ? null : { subject, environment, limits, confidence, artifact: model.artifact, overrides };
  return {
    outputs: { report: fileOf(await store.putJson(report)), cost: fileOf(await store.putJson(withJudgement(cost, request))) },
    evidence: [
      ...[testEvidence(subject, report), ...featureEvidence(subject, suite, prepared.features)].map((one) =>
        inEnvironment(one, environment),
      ),
      ...(request === null ? [] : judgedCost(cost, request)),
    ],
    facts: costFacts(cost, confidence),
  };
}

function fileOf({ digest, bytes }: { readonly digest: Digest; readonly bytes: number }): Artifact {
  return { kind: 'file', digest, bytes, files: 1 };
}

interface Trial {
  readonly settings: TrialSettings;
  readonly suite: string;
  readonly tests: readonly ApiTest[];
  readonly prepared: PreparedRelease;
  readonly record: FeatureSetRecord | null;
  readonly champion: Champion | null;
}

/** Runs the API tests; then measures the same server, or where its cost is limited servers that nobody has asked yet. */
async function askRelease(
  deps: TrialDeps,
  context: StepContext,
  trial: Trial,
): Promise<{ readonly report: TestReport; readonly cost: MeasuredCost }> {
  const { signal } = context;
  const { settings, suite, tests, prepared } = trial;
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await prepared.start());
  context.progress('running the API tests', null);
  const report = await testsOf(server, deps, { tests, suite, signal });
  const { limits, confidence } = settings;
  const request = timedRequest(tests, { report, batch: limits?.batch ?? null });
  const measuring = {
    machine: machineClass(),
    request,
    http: deps.http,
    signal,
    progress: (doing: string) => context.progress(doing, null),
  };
  if (limits === null) {
    const kept = { ...server, [Symbol.asyncDispose]: async () => {} };
    return { report, cost: await measureCost({ ...measuring, candidate: async () => kept, starts: 1, requests: null, needed: 1 }) };
  }
  await stack.disposeAsync();
  const opponent = await championToMeasure(deps, context, trial);
  const cost = await measureCost({
    ...measuring,
    candidate: prepared.start,
    ...(opponent.kind === 'prepared' && { champion: opponent }),
    starts: startsFor({ limits, confidence }),
    requests: limits.requests,
    needed: requestsNeeded({ limits, confidence }),
  });
  return { report, cost: opponent.kind === 'prepared' || opponent.kind === 'not-asked' ? cost : { ...cost, withoutChampion: opponent } };
}

async function testsOf(
  { address }: ThrowAwayServer,
  deps: TrialDeps,
  { tests, suite, signal }: Pick<Trial, 'tests' | 'suite'> & { readonly signal: AbortSignal },
): Promise<TestReport> {
  using http = deps.http(); // closed before the server is told to end, which then has nothing to wait for
  return await runApiTests(tests, { address, suite, send: http.send, signal });
}

type Opponent =
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'none' | 'unusable'; readonly reason: string }
  | { readonly kind: 'prepared'; readonly release: Digest; readonly start: PreparedRelease['start'] };

/** The champion's own release, with its own features over the same dataset versions. That it cannot be had is told and no error. */
async function championToMeasure(deps: TrialDeps, context: StepContext, { settings, record, champion }: Trial): Promise<Opponent> {
  const { limits, service } = settings;
  if (limits === null || !comparesCost(limits)) return { kind: 'not-asked' };
  if (champion === null) return { kind: 'none', reason: 'No champion is live' };
  const { release, manifest } = champion;
  const place = join(await context.workspace(), 'champion');
  try {
    const own = record === null || manifest.features === null ? null : { ...record, service: manifest.features };
    const { start } = await prepareTrial(deps, context, { release, record: own, name: `services.${service}`, place });
    return { kind: 'prepared', release, start };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof TidegateError)) throw error;
    return { kind: 'unusable', reason: error.diagnostics[0].message };
  }
}

function costFacts(cost: MeasuredCost, confidence: number): { readonly [name: string]: Json } {
  const { candidate, champion } = cost;
  const median = (values: readonly number[]): number | null =>
    values.length === 0 ? null : quantileBounds(values, { quantile: 0.5, confidence }).estimate;
  const [coldStartMs, peakBytes] = [median(candidate.coldStartMs), median(candidate.peakBytes)];
  return {
    ...(coldStartMs !== null && { coldStartMs: Math.round(coldStartMs) }),
    ...(peakBytes !== null && { peakBytes }),
    ...latencyFacts(candidate, confidence),
    ...(champion !== null &&
      champion.latencyMs.length > 0 && { championP99Ms: quantileBounds(champion.latencyMs, { quantile: 0.99, confidence }).estimate }),
  };
}

function latencyFacts({ latencyMs, lacks }: MeasuredServing, confidence: number): { readonly [name: string]: Json } {
  if (latencyMs.length === 0) return { latency: `not measured: ${lacks ?? 'nothing was sent'}` };
  const p99 = quantileBounds(latencyMs, { quantile: 0.99, confidence });
  return {
    requests: latencyMs.length,
    p50Ms: quantileBounds(latencyMs, { quantile: 0.5, confidence }).estimate,
    p99Ms: p99.estimate,
    p99AtMostMs: p99.high,
  };
}
