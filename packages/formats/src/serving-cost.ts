import type { Digest } from './digest.ts';
import type { JsonObject } from './json.ts';

/**
 * What serving a release was measured to cost, start by start and request by request, so that any verdict on it can be computed again.
 * Candidate and champion were started and asked in turns on one machine.
 */
export interface ServingCost {
  readonly format: 'tidegate.serving-cost/1';
  /** Class of the machine: on another class nothing of this counts. */
  readonly machine: string;
  /** The API test whose request was sent; null when none was fit. */
  readonly test: string | null;
  /** Rows of a request; null: as the API test has them. */
  readonly batch: number | null;
  readonly candidate: MeasuredServing;
  /** Null when it was not asked for, or could not be measured. */
  readonly champion: (MeasuredServing & { readonly release: Digest }) | null;
  /** Why the champion was not measured; null when it was, or when nothing asks for it. */
  readonly withoutChampion: { readonly kind: 'none' | 'unusable'; readonly reason: string } | null;
  /** What it was judged by, so that the verdict can be computed from this record alone; null where nothing was limited. */
  readonly replay: {
    /** Version of the rules: that of the step kind `trial`. */
    readonly rules: number;
    /** Limits, confidence, the model file, and what a person has let through. */
    readonly request: JsonObject;
  } | null;
}

/** One release on the real model server. */
export interface MeasuredServing {
  /** Milliseconds from the start of the process to its readiness, in the order of the starts. */
  readonly coldStartMs: readonly number[];
  /** Most bytes that the process and those that it started had in memory, of each start; empty where the system does not tell. */
  readonly peakBytes: readonly number[];
  /** Milliseconds of each request, in the order in which they were sent. */
  readonly latencyMs: readonly number[];
  /** Why there are no requests, or no more; null when all were answered. */
  readonly lacks: string | null;
}
