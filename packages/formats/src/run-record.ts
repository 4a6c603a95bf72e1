import type { Artifact } from './artifact.ts';
import type { Digest } from './digest.ts';
import type { Evidence } from './evidence.ts';
import type { Diagnostic } from './failure.ts';
import type { RunId, StepName } from './ids.ts';
import type { Json } from './json.ts';
import type { Repetition } from './repetition.ts';
import type { Verdict } from './verdict.ts';
import type { Zone } from './zone.ts';

export type RunStatus = 'running' | 'succeeded' | 'stopped' | 'failed' | 'cancelled' | 'crashed';
/** `hit`: taken from the cache. `blocked`: something it depends on did not pass. `skipped`: its condition, or that of a step it needs, does not hold. */
export type StepStatus = 'hit' | 'done' | 'failed' | 'blocked' | 'cancelled' | 'skipped';

/** How the program of a step came to its end, where that was no good one. */
export type StepEnd =
  { readonly kind: 'exit'; readonly code: number } | { readonly kind: 'signal'; readonly signal: string } | { readonly kind: 'timeout' };

/** A try at a step that failed and was followed by another one. */
export interface EarlierAttempt {
  /** Milliseconds from the start of the run to the start of the attempt. */
  readonly startedAfterMs: number;
  readonly durationMs: number;
  readonly end: StepEnd;
  /** Milliseconds that were waited before the next one. */
  readonly waitMs: number;
}

/** Why a step ran: data for `plan` and `explain`; words are made by whoever shows them. */
export type MissReason =
  | { readonly kind: 'never-run' }
  | { readonly kind: 'input-changed'; readonly input: string; readonly before: string | null; readonly after: string | null }
  /** `setting` is the path of what changed in the key record: `settings.run.1`, `variables.SEED`, `facts.python.version`, `outputs.model`. */
  | { readonly kind: 'setting-changed'; readonly setting: string; readonly before: Json; readonly after: Json }
  | { readonly kind: 'upstream-runs'; readonly step: StepName }
  | { readonly kind: 'object-missing'; readonly digest: Digest }
  /** There was a result; garbage collection took it out of the cache at that time (ISO 8601, UTC). */
  | { readonly kind: 'evicted'; readonly at: string; readonly why: string }
  /** There is a result, but a run of that zone has made it, which is trusted less than this one. */
  | { readonly kind: 'less-trusted'; readonly zone: Zone }
  | { readonly kind: 'forced' }
  /** It is declared to run in every run. */
  | { readonly kind: 'volatile' };

/** Where a result comes from that was taken and not made. */
export interface ResultOrigin {
  /** The zone of the run that made it. */
  readonly zone: Zone;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  /** The remote or the bundle that it came from, and when; null when it was made in this home. */
  readonly taken: TakenFrom | null;
}

export interface TakenFrom {
  /** The address of a remote, or the path of a bundle. */
  readonly place: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface StepRecord {
  readonly step: StepName;
  readonly kind: string;
  readonly status: StepStatus;
  readonly key: Digest | null;
  /** For a hit, the run that made the result. */
  readonly madeBy: RunId | null;
  /** For a hit, where its result comes from; not there in records of before this was kept. */
  readonly from?: ResultOrigin | null;
  readonly reasons: readonly MissReason[];
  /** Milliseconds from the start of the run to the start of the step. */
  readonly startedAfterMs: number;
  readonly durationMs: number;
  /** Bytes of everything it read; only of one that ran. */
  readonly inputBytes?: number;
  readonly outputs: { readonly [output: string]: Artifact };
  readonly evidence: readonly Evidence[];
  /** A few facts for a reader, e.g. rows; the kind decides. */
  readonly facts: { readonly [name: string]: Json };
  readonly failure: { readonly code: string; readonly message: string; readonly hint: string | null } | null;
  /** How it compares with the result that was there; absent when there was none. */
  readonly repetition?: Repetition;
  /** Tries before the one that counts; absent when it was the first. */
  readonly earlierAttempts?: readonly EarlierAttempt[];
}

export interface RunRecord {
  readonly format: 'tidegate.run/1';
  readonly id: RunId;
  readonly project: string;
  readonly commit: string | null;
  readonly dirty: boolean;
  readonly branch: string | null;
  readonly subject: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  /** How far the run was asked to go: `gate`, or an environment. */
  readonly goal: string;
  readonly status: RunStatus;
  readonly verdict: Verdict | null;
  readonly steps: readonly StepRecord[];
  /** What went wrong after the steps, when pins were moved or the release was deployed; null when nothing did. */
  readonly failure: Pick<Diagnostic, 'code' | 'message' | 'hint'> | null;
}
