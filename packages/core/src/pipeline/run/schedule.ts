import type { StepName, StepRecord } from '@tidegate/formats';
import type { Graph } from '../graph/graph.ts';
import { readyQueue } from '../graph/ready-queue.ts';

/** What has become of a step, or of an attempt at it. */
export type Settled =
  | { readonly kind: 'record'; readonly record: StepRecord }
  /** Results that it needs turned out to be gone: these steps come first, then it is tried again. */
  | { readonly kind: 'again'; readonly after: readonly StepName[] };

export interface ScheduleOptions {
  readonly graph: Graph;
  /** Deals with one step whose needs are all settled; `slot` gives cores to what really runs. What it throws ends the schedule. */
  readonly visit: (step: StepName, slot: Slot) => Promise<Settled>;
  readonly capacity: number;
}

/** Waits until so many cores are free, then holds them until the work is done. Those who wait are served in the graph's order. */
export type Slot = <T>(cpus: number, work: () => Promise<T>) => Promise<T>;

/**
 * Visits every step once all that it needs is settled, as many at once as there are cores.
 *
 * @throws what the first visit that breaks throws, once every other that was begun has come to an end; none is begun any more
 */
export function schedule({ graph, visit, capacity }: ScheduleOptions): Promise<ReadonlyMap<StepName, StepRecord>> {
  const rank = new Map(graph.order.map((name, index) => [name, index]));
  const waitsFor = new Map(graph.order.map((name) => [name, new Set(graph.needs.get(name))]));
  const settled = new Map<StepName, StepRecord>();
  const ready = readyQueue();
  const slots = coreSlots(capacity);
  const visitsAtOnce = 2 * capacity + 2; // some ahead of those that run, so that no core waits for a key to be found out
  let visiting = 0;
  let broken: { readonly error: unknown } | null = null;
  return new Promise((resolve, reject) => {
    const settle = (name: StepName, outcome: Settled): void => {
      if (outcome.kind === 'again') putOff(name, outcome.after);
      else {
        settled.set(name, outcome.record);
        for (const dependent of graph.neededBy.get(name) ?? []) release(dependent, name);
      }
    };
    const leave = (): void => {
      visiting--;
      advance();
    };
    const release = (dependent: StepName, need: StepName): void => {
      const left = waitsFor.get(dependent);
      if (left?.delete(need) && left.size === 0) ready.push(rank.get(dependent) ?? 0);
    };
    const putOff = (name: StepName, needs: readonly StepName[]): void => {
      waitsFor.set(name, new Set(needs));
      for (const need of needs) if (settled.delete(need)) ready.push(rank.get(need) ?? 0);
    };
    const advance = (): void => {
      while (broken === null && visiting < visitsAtOnce) {
        const next = ready.pop();
        const name = next === undefined ? undefined : graph.order[next];
        if (next === undefined || name === undefined) break;
        visiting++;
        void visit(name, (cpus, work) => slots(next, cpus, work))
          .then((outcome) => settle(name, outcome))
          .catch((error: unknown) => (broken ??= { error }))
          .finally(leave);
      }
      if (visiting > 0) return;
      if (broken === null) resolve(settled);
      else reject(broken.error);
    };
    for (const [name, needs] of waitsFor) if (needs.size === 0) ready.push(rank.get(name) ?? 0);
    advance();
  });
}

type RankedSlot = <T>(rank: number, cpus: number, work: () => Promise<T>) => Promise<T>;

/** Whoever is first in the order is next, even if a smaller one behind would fit: nobody starves. */
function coreSlots(capacity: number): RankedSlot {
  let free = capacity;
  const queue = readyQueue();
  const waiting = new Map<number, { readonly cpus: number; readonly start: () => void }>();
  const admit = (): void => {
    for (let next = queue.peek(); next !== undefined; next = queue.peek()) {
      const entry = waiting.get(next);
      if (entry !== undefined && entry.cpus > free) return;
      queue.pop();
      waiting.delete(next);
      free -= entry?.cpus ?? 0;
      entry?.start();
    }
  };
  return async (rank, wanted, work) => {
    const cpus = Math.min(Math.max(wanted, 1), capacity);
    await new Promise<void>((start) => {
      waiting.set(rank, { cpus, start });
      queue.push(rank);
      admit();
    });
    try {
      return await work();
    } finally {
      free += cpus;
      admit();
    }
  };
}
