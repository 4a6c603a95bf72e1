import type { StepName, StepRecord } from '@tidegate/formats';
import { systemTimer, type Timer } from '../../platform/index.ts';
import type { Graph } from '../graph/graph.ts';
import { readyQueue } from '../graph/ready-queue.ts';
import { type Capacity, type Demand, demandOf, type Held, type Rate } from './resources.ts';
import { openSlots } from './slots.ts';
import { openTurnstiles } from './turnstiles.ts';

/** What has become of a step, or of an attempt at it. */
export type Settled =
  | { readonly kind: 'record'; readonly record: StepRecord }
  /** Results that it needs turned out to be gone: these steps come first, then it is tried again. */
  | { readonly kind: 'again'; readonly after: readonly StepName[] }
  /** It is to be tried again in so many milliseconds; meanwhile it holds nothing. */
  | { readonly kind: 'later'; readonly waitMs: number };

export interface ScheduleOptions {
  readonly graph: Graph;
  /** Deals with one step whose needs are all settled; `slot` gives room to what really runs. What it throws ends the schedule. */
  readonly visit: (step: StepName, slot: Slot) => Promise<Settled>;
  readonly capacity: Capacity;
  /** Whether no step is begun any more; then no visit waits for a time. Default: never. */
  readonly isStopping?: () => boolean;
  /** Aborted when `isStopping` changes by something that no visit sees. */
  readonly signal?: AbortSignal;
  /** Default: the system's. */
  readonly timer?: Timer;
}

/**
 * Waits until there is what the step asks for, then holds it until the work is done, or gives it back before. Those who wait are served in the
 * graph's order; the next of them are told to get ready.
 */
export type Slot = <T>(work: (held: Held) => Promise<T>, getReady?: () => void) => Promise<T>;

/**
 * Visits every step once all that it needs is settled, as many at once as there is room for.
 *
 * @throws what the first visit that breaks throws, once every other that was begun has come to an end; none is begun any more
 */
export function schedule(options: ScheduleOptions): Promise<ReadonlyMap<StepName, StepRecord>> {
  const { graph, visit, isStopping = () => false, timer = systemTimer } = options;
  const { capacity, rates } = withFanOuts(options.capacity, graph);
  const rank = new Map(graph.order.map((name, index) => [name, index]));
  const demands = new Map([...graph.nodes.values()].map((node): [StepName, Demand] => [node.name, demandOf(node, capacity)]));
  const waitsFor = new Map(graph.order.map((name) => [name, new Set(graph.needs.get(name))]));
  const settled = new Map<StepName, StepRecord>();
  const ready = readyQueue();
  const slots = openSlots({ capacity, rates, timer, isStopping });
  const turnstiles = openTurnstiles(capacity);
  const putOffs = new Set<() => void>(); // each puts a step that waits for a time into the queue at once
  const visitsAtOnce = Math.max(32, 2 * capacity.cpus + 2); // enough that no core waits for a key to be found out, and that what is taken elsewhere is asked for and written many at once
  let visiting = 0;
  let broken: { readonly error: unknown } | null = null;
  const hurry = (): void => {
    for (const now of putOffs) now();
    slots.look();
  };
  options.signal?.addEventListener('abort', hurry);
  return new Promise<ReadonlyMap<StepName, StepRecord>>((resolve, reject) => {
    const settle = (name: StepName, outcome: Settled): void => {
      if (outcome.kind === 'again') return putOff(name, outcome.after);
      if (outcome.kind === 'later') return retry(name, outcome.waitMs);
      settled.set(name, outcome.record);
      for (const dependent of graph.neededBy.get(name) ?? []) release(dependent, name);
    };
    const leave = (demand: Demand | undefined): void => {
      visiting--;
      const next = demand === undefined ? [] : turnstiles.leave(demand);
      for (const waiting of next) ready.push(waiting);
      if (putOffs.size > 0 && isStopping()) hurry();
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
    const retry = (name: StepName, waitMs: number): void => {
      const now = (): void => {
        stop();
        putOffs.delete(now);
        ready.push(rank.get(name) ?? 0);
        advance();
      };
      const stop = timer.after(waitMs, now);
      putOffs.add(now);
    };
    const advance = (): void => {
      while (broken === null && visiting < visitsAtOnce) {
        const next = ready.pop();
        const name = next === undefined ? undefined : graph.order[next];
        if (next === undefined || name === undefined) break;
        const demand = demands.get(name);
        if (demand !== undefined && !turnstiles.enter(next, demand)) continue;
        visiting++;
        void visit(name, (work, getReady) =>
          slots.hold({ rank: next, demand: demand ?? oneCore, ...(getReady !== undefined && { getReady }) }, work),
        )
          .then((outcome) => settle(name, outcome))
          .catch((error: unknown) => (broken ??= { error }))
          .finally(() => leave(demand));
      }
      if (visiting > 0) return;
      if (broken !== null) {
        for (const now of putOffs) now();
        reject(broken.error);
      } else if (putOffs.size === 0) resolve(settled);
    };
    for (const [name, needs] of waitsFor) if (needs.size === 0) ready.push(rank.get(name) ?? 0);
    advance();
  }).finally(() => options.signal?.removeEventListener('abort', hurry));
}

const oneCore: Demand = { cpus: 1, memoryBytes: 0, gpus: 0, pools: [], rate: null };

/** A fan-out that limits how many of its items run at once is a pool of its own; its name has a dot, which those of the project have not. */
function withFanOuts(capacity: Capacity, graph: Graph): { readonly capacity: Capacity; readonly rates: ReadonlyMap<string, Rate> } {
  const pools: { [pool: string]: number } = { ...capacity.pools };
  const rates = new Map<string, Rate>();
  for (const { item } of graph.nodes.values()) {
    if (item === undefined) continue;
    if (item.atOnce !== null) pools[item.of] = item.atOnce;
    if (item.rate !== null) rates.set(item.of, item.rate);
  }
  return { capacity: { ...capacity, pools }, rates };
}
