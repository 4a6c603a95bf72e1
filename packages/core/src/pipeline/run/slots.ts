import type { Timer } from '../../platform/index.ts';
import { type RateWindow, rateWindow } from './rate-window.ts';
import type { Capacity, Demand, Held, Rate } from './resources.ts';

/** Who wants to run: `rank` is its place in the order of the graph. */
export interface Request {
  readonly rank: number;
  readonly demand: Demand;
  /** Called at most once while it waits, when it is one of the next: what needs none of the demand can be done meanwhile. Default: nothing can. */
  readonly getReady?: () => void;
}

export interface Slots {
  /** Waits until there is enough for the demand, then holds it until the work is done, or gives it back before. */
  readonly hold: <T>(request: Request, work: (held: Held) => Promise<T>) => Promise<T>;
  /** Looks again who may start; for changes that the slots do not see. */
  readonly look: () => void;
}

export interface SlotOptions {
  readonly capacity: Capacity;
  readonly rates: ReadonlyMap<string, Rate>;
  readonly timer: Timer;
  /** Whether those who wait have nothing to do any more: then none of them waits for its rate. */
  readonly isStopping: () => boolean;
}

interface Waiting extends Request {
  /** How many that came later in the order were served before it. */
  passed: number;
  isReady: boolean;
  readonly start: (gpus: readonly string[]) => void;
}

/** So often a request may be passed by later ones that fit; then what it waits for is kept for it. */
const mostPasses = 8;

/** So many more than cores get ready while they wait: some may be waiting for something scarce, and those behind them may not. */
const moreReady = 2;

/**
 * Gives out cores, memory, GPUs and pools. First in the order is first served. A later one that fits may pass one that does not, so
 * that nothing lies idle, but only {@link mostPasses} times: from then on everything that becomes free is kept for the one that waits,
 * as far as it needs it. What it waits for is given back some time, so nobody starves.
 */
export function openSlots({ capacity, rates, timer, isStopping }: SlotOptions): Slots {
  const free = stockOf(capacity);
  const windows = new Map<string, RateWindow>([...rates].map(([name, rate]) => [name, rateWindow(rate)]));
  const waiting: Waiting[] = [];
  const mostReady = capacity.cpus + moreReady;
  let ready = 0;
  let wake: (() => void) | null = null;
  let soonest = Number.POSITIVE_INFINITY; // when the next one may start whose rate holds it back
  const admit = (): void => {
    wake?.();
    wake = null;
    while (admitFirst());
    prepareNext();
    if (soonest < Number.POSITIVE_INFINITY) wake = timer.after(Math.max(0, soonest - timer.elapsed()), admit);
  };
  /** Starts the first one that may; whom it passes may have something kept from then on, so the next is looked for from the front. */
  const admitFirst = (): boolean => {
    const kept = nothing();
    soonest = Number.POSITIVE_INFINITY;
    for (const [index, entry] of waiting.entries()) {
      if (free.cpus - kept.cpus < 1) return false;
      const due = dueAt(entry.demand);
      if (due > timer.elapsed()) soonest = Math.min(soonest, due);
      else if (fits(entry.demand, free, kept)) {
        waiting.splice(index, 1);
        for (const earlier of waiting.slice(0, index)) earlier.passed++;
        if (entry.isReady) ready--;
        entry.start(take(entry.demand));
        return true;
      } else if (entry.passed >= mostPasses) add(kept, entry.demand);
    }
    return false;
  };
  const prepareNext = (): void => {
    for (const entry of waiting) {
      if (ready >= mostReady || isStopping()) return;
      if (entry.getReady === undefined || entry.isReady) continue;
      entry.isReady = true;
      ready++;
      entry.getReady();
    }
  };
  const dueAt = ({ rate }: Demand): number => (rate === null || isStopping() ? 0 : (windows.get(rate)?.next() ?? 0));
  const take = (demand: Demand): readonly string[] => {
    if (demand.rate !== null) windows.get(demand.rate)?.note(timer.elapsed());
    free.cpus -= demand.cpus;
    free.memoryBytes -= demand.memoryBytes;
    for (const [pool, amount] of demand.pools) free.pools.set(pool, (free.pools.get(pool) ?? 0) - amount);
    return demand.gpus === 0 ? none : free.gpus.splice(0, demand.gpus);
  };
  const giveBack = (demand: Demand, gpus: readonly string[]): void => {
    free.cpus += demand.cpus;
    free.memoryBytes += demand.memoryBytes;
    for (const [pool, amount] of demand.pools) free.pools.set(pool, (free.pools.get(pool) ?? 0) + amount);
    if (gpus.length > 0) free.gpus.push(...gpus);
  };
  return {
    look: admit,
    hold: async (request, work) => {
      const { rank, demand } = request;
      const gpus = await new Promise<readonly string[]>((start) => {
        const at = waiting.findIndex((other) => other.rank > rank);
        waiting.splice(at < 0 ? waiting.length : at, 0, { ...request, passed: 0, isReady: false, start });
        admit();
      });
      let isHeld = true;
      const release = (): void => {
        if (!isHeld) return;
        isHeld = false;
        giveBack(demand, gpus);
        admit();
      };
      try {
        return await work({ gpus, release });
      } finally {
        release();
      }
    },
  };
}

const none: readonly string[] = [];

interface Stock {
  cpus: number;
  memoryBytes: number;
  readonly gpus: string[];
  readonly pools: Map<string, number>;
}

function stockOf({ cpus, memoryBytes = Number.POSITIVE_INFINITY, gpus = [], pools = {} }: Capacity): Stock {
  return { cpus, memoryBytes, gpus: [...gpus], pools: new Map(Object.entries(pools)) };
}

/** What is kept for those who were passed too often. */
interface Kept {
  cpus: number;
  memoryBytes: number;
  gpus: number;
  readonly pools: Map<string, number>;
}

function nothing(): Kept {
  return { cpus: 0, memoryBytes: 0, gpus: 0, pools: new Map() };
}

function add(kept: Kept, demand: Demand): void {
  kept.cpus += demand.cpus;
  kept.memoryBytes += demand.memoryBytes;
  kept.gpus += demand.gpus;
  for (const [pool, amount] of demand.pools) kept.pools.set(pool, (kept.pools.get(pool) ?? 0) + amount);
}

function fits(demand: Demand, free: Stock, kept: Kept): boolean {
  return (
    demand.cpus <= free.cpus - kept.cpus &&
    (demand.memoryBytes === 0 || demand.memoryBytes <= free.memoryBytes - kept.memoryBytes) &&
    (demand.gpus === 0 || demand.gpus <= free.gpus.length - kept.gpus) &&
    demand.pools.every(([pool, amount]) => amount <= (free.pools.get(pool) ?? 0) - (kept.pools.get(pool) ?? 0))
  );
}
