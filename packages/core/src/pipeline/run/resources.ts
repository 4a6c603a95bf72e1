import type { StepNode } from '../step-kind.ts';

/** What steps that run at once may take together. */
export interface Capacity {
  readonly cpus: number;
  /** Default: no limit. */
  readonly memoryBytes?: number;
  /** As CUDA_VISIBLE_DEVICES names them. Default: none. */
  readonly gpus?: readonly string[];
  /** How much there is of what has a name in the project: licences, connections. */
  readonly pools?: { readonly [pool: string]: number };
}

/** What one step takes while it runs. */
export interface Demand {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly gpus: number;
  readonly pools: readonly (readonly [pool: string, amount: number])[];
  /** Name of the fan-out whose rate of starts it keeps to; null = none. */
  readonly rate: string | null;
}

/** What a step has been given. */
export interface Held {
  readonly gpus: readonly string[];
  /** Gives all of it back before the work is done; a second time does nothing. */
  readonly release: () => void;
}

/** How many may start in a span of time. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

/** Cores are capped, so that a step written for a larger machine runs on this one too; of everything else there must be enough. */
export function demandOf(node: StepNode, capacity: Capacity): Demand {
  const { memoryBytes = 0, gpus = 0, pools = {} } = node.resources ?? {};
  const cpus = Math.min(Math.max(node.cpus, 1), capacity.cpus);
  const own = Object.entries(pools);
  const { item } = node;
  if (item === undefined) return { cpus, memoryBytes, gpus, pools: own, rate: null };
  return { cpus, memoryBytes, gpus, pools: item.atOnce === null ? own : [...own, [item.of, 1]], rate: item.rate === null ? null : item.of };
}
