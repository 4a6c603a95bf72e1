import type { Artifact } from './artifact.ts';
import { type Digest, isDigest } from './digest.ts';
import type { Evidence } from './evidence.ts';
import { isRunId, isStepName, type RunId, type StepName } from './ids.ts';
import type { Json } from './json.ts';

/** The result of a step as a remote keeps it, under the step's key. Format: docs/reference/formats/remote.md. */
export interface SharedResult {
  readonly format: 'tidegate.shared-result/1';
  readonly key: Digest;
  readonly step: StepName;
  /** The run that made it. */
  readonly run: RunId;
  readonly outputs: { readonly [output: string]: Artifact };
  readonly evidence: readonly Evidence[];
  readonly facts: { readonly [name: string]: Json };
  readonly durationMs: number;
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
}

/** Where a release comes from, as a remote keeps it, so that who finds it as a champion can compare with it and say why a step runs. */
export interface SharedRelease {
  readonly format: 'tidegate.shared-release/1';
  readonly release: Digest;
  readonly project: string;
  readonly service: string;
  readonly run: RunId | null;
  readonly commit: string | null;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  /** Keys of every result of the run that made it. */
  readonly results: readonly Digest[];
  /** Its signatures, each a Sigstore bundle; left out where there are none. Whether one holds is asked where the release is used. */
  readonly signatures?: readonly string[];
}

/** A shared result, every part of it looked at, for it comes from elsewhere. @returns null for anything else: that is no result */
export function parseSharedResult(value: unknown): SharedResult | null {
  if (!isMapping(value) || value['format'] !== 'tidegate.shared-result/1') return null;
  const { key, step, run, outputs, evidence, facts, durationMs, recordedAt } = value;
  if (!isDigestText(key) || typeof step !== 'string' || !isStepName(step) || typeof run !== 'string' || !isRunId(run)) return null;
  if (!isMapping(outputs) || !Object.values(outputs).every(isArtifact)) return null;
  if (!Array.isArray(evidence) || !evidence.every(isEvidence) || !isMapping(facts)) return null;
  if (typeof durationMs !== 'number' || !(durationMs >= 0) || !isTime(recordedAt)) return null;
  return value as unknown as SharedResult;
}

/** As {@link parseSharedResult}, for where a release comes from. */
export function parseSharedRelease(value: unknown): SharedRelease | null {
  if (!isMapping(value) || value['format'] !== 'tidegate.shared-release/1') return null;
  const { release, project, service, run, commit, madeAt, results, signatures = [] } = value;
  if (!Array.isArray(signatures) || !signatures.every((one) => typeof one === 'string')) return null;
  if (!isDigestText(release) || typeof project !== 'string' || typeof service !== 'string' || !isTime(madeAt)) return null;
  if (run !== null && (typeof run !== 'string' || !isRunId(run))) return null;
  if (commit !== null && typeof commit !== 'string') return null;
  return Array.isArray(results) && results.every(isDigestText) ? (value as unknown as SharedRelease) : null;
}

function isMapping(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDigestText(value: unknown): value is Digest {
  return typeof value === 'string' && isDigest(value);
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isArtifact(value: unknown): boolean {
  if (!isMapping(value)) return false;
  return (
    (value['kind'] === 'file' || value['kind'] === 'tree') &&
    isDigestText(value['digest']) &&
    isCount(value['bytes']) &&
    isCount(value['files']) &&
    (value['stable'] === undefined || isStable(value['stable']))
  );
}

function isStable(value: unknown): boolean {
  return isMapping(value) && isDigestText(value['digest']) && typeof value['run'] === 'string' && isRunId(value['run']);
}

function isEvidence(value: unknown): boolean {
  if (!isMapping(value) || value['format'] !== 'tidegate.evidence/1') return false;
  const texts = [value['kind'], value['name'], value['subject'], value['reason']];
  const isVerdict = ['pass', 'fail', 'inconclusive', 'invalid'].some((verdict) => verdict === value['verdict']);
  return isVerdict && typeof value['blocking'] === 'boolean' && texts.every((text) => typeof text === 'string') && 'details' in value;
}
