import { type Digest, failure, type Json, nearest, recordJson, type StepRecord } from '@tidegate/formats';
import { repetitionsOf } from '../pipeline/index.ts';
import { deploymentsOf } from './deploy/environments.ts';
import { findDigest } from './explain/find-digest.ts';
import { findView } from './features/find-view.ts';
import { monitorHistory, type MonitorHistory } from './monitors/monitors.ts';
import { featureDefinitions } from './features/feature-definitions.ts';
import type { Project } from './project.ts';
import { latestResult } from './records.ts';
import { findRun } from './run/runs.ts';

export interface Found {
  /** What it is, in the glossary's word. */
  readonly kind: string;
  readonly record: Json;
}

/** Finds anything of the project by its name: qualified as in the file, a run, an environment, a digest or its first eight digits. @throws TG-CLI-NOT-FOUND */
export async function findByName(project: Project, name: string): Promise<Found> {
  const run = findRun(project, name);
  if (run !== null) return { kind: 'run', record: recordJson(run) };
  if (Object.hasOwn(project.config.environments, name))
    return { kind: 'environment', record: recordJson(deploymentsOf(project).filter((one) => one.environment === name)) };
  const latest = latestResult(project, name);
  if (latest !== null) return { kind: latest.record.kind, record: await resultInFull(project, latest.record) };
  const [area, ...rest] = name.split('.');
  if (area === 'monitors' && Object.hasOwn(project.config.monitors, rest.join('.')))
    return { kind: 'monitor', record: monitorInBrief(monitorHistory(project, rest.join('.'), { most: 20 })) };
  const view = area === 'features' ? await findView(project, rest.join('.')) : null;
  if (view !== null) return { kind: 'feature view', record: view };
  const digest = /^(sha256:)?[0-9a-f]{8,64}$/.test(name) ? await findDigest(project, name) : null;
  if (digest !== null) return { kind: 'object', record: await readObject(project, digest) };
  const near = nearest(name, await knownNames(project));
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot find "${name}": nothing of the project has that name, or it has not run yet`,
    near === null ? 'Run "tidegate plan" for the names of the steps' : `Did you mean "${near}"?`,
  );
}

/** What a step made last, and what came out each time it was made again under the same key, when it was. */
async function resultInFull(project: Project, { outputs, key }: StepRecord): Promise<Json> {
  const records = await withRecords(project, outputs);
  const repetitions = key === null ? [] : repetitionsOf(project.state, key);
  return repetitions.length === 0 ? records : { ...records, repetitions: repetitions.map(recordJson) };
}

/** What was found last with its reasons, and the verdicts before; all numbers are in `tidegate monitors log --json`. */
function monitorInBrief({ checks, retrainings }: MonitorHistory): Json {
  const [last] = checks;
  const brief = {
    last: last && { ...last, evidence: last.evidence.map(({ name, verdict, reason }) => ({ name, verdict, reason })) },
    checks: checks.map(({ sequence, at, verdict, parts, retrain }) => ({
      sequence,
      at,
      verdict,
      parts: Object.fromEntries(parts.map((part) => [part.part, part.verdict])),
      trainingWanted: retrain.wanted,
    })),
    retrainings,
  };
  return recordJson(brief);
}

async function knownNames(project: Project): Promise<readonly string[]> {
  const { config } = project;
  const definitions = await featureDefinitions(project);
  const qualified = (area: string, names: { readonly [name: string]: unknown }): readonly string[] =>
    Object.keys(names).map((name) => `${area}.${name}`);
  return [
    ...qualified('data', config.data),
    ...qualified('features', { ...definitions?.services, ...definitions?.views }),
    ...qualified('steps', config.steps),
    ...qualified('tests', config.tests),
    ...qualified('models', config.models),
    ...qualified('services', config.services),
    ...qualified('monitors', config.monitors),
    ...Object.keys(config.environments),
  ];
}

/** Each small record output as its content, every other output as its digest and size. */
async function withRecords(
  project: Project,
  outputs: { readonly [output: string]: { readonly digest: Digest; readonly bytes: number; readonly kind: string } },
): Promise<{ readonly [output: string]: Json }> {
  const entries = await Promise.all(
    Object.entries(outputs).map(async ([name, artifact]) => [name, await readObject(project, artifact.digest)] as const),
  );
  return Object.fromEntries(entries);
}

const largestShown = 1 << 20;

async function readObject(project: Project, digest: Digest): Promise<Json> {
  const bytes = await project.store.readBytes(digest);
  const brief = { digest, bytes: bytes.byteLength };
  if (bytes.byteLength > largestShown || bytes[0] !== 0x7b) return brief;
  try {
    return { digest, ...(JSON.parse(Buffer.from(bytes).toString('utf8')) as { readonly [name: string]: Json }) };
  } catch {
    return brief; // starts with a brace, but is no record of ours
  }
}
