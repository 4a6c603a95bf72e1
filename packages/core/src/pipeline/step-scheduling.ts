import type { Json, StepName } from '@tidegate/formats';

/** What a step occupies while it runs, besides cores. */
export interface StepResources {
  readonly memoryBytes?: number;
  readonly gpus?: number;
  /** How much it takes of pools that the project names. */
  readonly pools?: { readonly [pool: string]: number };
}

/** After which ends of its program a step is tried again, and when. */
export interface RetryPolicy {
  /** How often at most after the first try. */
  readonly times: number;
  /** Exit codes, `timeout`, `signal` (it was killed); null = any of them. Another failure, as of configuration, is never tried again. */
  readonly on: readonly (number | 'timeout' | 'signal')[] | null;
  /** Before the first retry, in milliseconds; twice as long before each further one. */
  readonly waitMs: number;
  /** Longest wait in milliseconds. */
  readonly mostWaitMs: number;
}

export interface StepItem {
  /** The step that collects all items. */
  readonly of: StepName;
  /** What follows the `@` in its name. */
  readonly label: string;
  readonly values: { readonly [name: string]: Json };
  /** How many items may run at once; null = as many as there is room for. */
  readonly atOnce: number | null;
  /** How many may start in a span of time; null = any number. */
  readonly rate: { readonly count: number; readonly perMs: number } | null;
}
