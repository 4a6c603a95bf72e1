import assert from 'node:assert/strict';
import { type EarlierAttempt, type StepEnd, type StepName, type StepRecord, stepName } from '@tidegate/formats';
import type { Timer } from '../../platform/index.ts';
import { buildGraph, type Graph } from '../graph/graph.ts';
import type { StepNode } from '../step-kind.ts';
import { step } from '../test-project.ts';
import { type Capacity, demandOf, type Held } from './resources.ts';
import { retryAfter } from './retry.ts';
import { schedule, type Settled } from './schedule.ts';
import { unfinished } from './step-record.ts';

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export type Chance = () => number;

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface World {
  readonly graph: Graph;
  readonly capacity: Capacity;
  readonly keepGoing: boolean;
  /** When the run is cancelled, in milliseconds; null = never. */
  readonly cancelAt: number | null;
}

/** What happened, in order: `12 start steps.s3`. */
export type Trace = readonly string[];

/**
 * Plays one run of the real scheduler, slots, turnstiles and retries with a clock and processes that are played, all decided by the seed,
 * and checks on the way what must always hold.
 */
export async function simulate(seed: number): Promise<Trace> {
  const chance = chanceOf(seed);
  const world = makeWorld(chance);
  const { graph, capacity } = world;
  const clock = playedClock();
  const trace: string[] = [];
  const tell = (what: string): void => void trace.push(`${clock.timer.elapsed()} ${what}`);
  const cancelled = new AbortController();
  const records = new Map<StepName, StepRecord>();
  const earlier = new Map<StepName, EarlierAttempt[]>();
  const watch = watchOver(world, clock.timer);
  let hasFailed = false;
  let stoppedAt: number | null = null;
  let ready = 0;
  const isStopping = (): boolean => {
    const isSo = cancelled.signal.aborted || (hasFailed && !world.keepGoing);
    if (isSo) stoppedAt ??= clock.timer.elapsed();
    return isSo;
  };
  const settle = (name: StepName, status: StepRecord['status']): Settled => {
    tell(`${status} ${name}`);
    const record = unfinished(nodeOf(graph, name), status, { startedAfterMs: 0, durationMs: 0 });
    records.set(name, record);
    return { kind: 'record', record };
  };
  const work = async (name: StepName, held: Held): Promise<Settled> => {
    if (isStopping()) return settle(name, 'cancelled');
    const node = nodeOf(graph, name);
    const tries = earlier.get(name) ?? [];
    const previous = tries.at(-1);
    if (previous !== undefined)
      assert.ok(clock.timer.elapsed() >= previous.startedAfterMs + previous.durationMs + previous.waitMs, 'a retry waits');
    tell(`start ${name}${held.gpus.length > 0 ? ` on ${held.gpus.join(',')}` : ''}`);
    watch.start(node, held);
    const startedAfterMs = clock.timer.elapsed();
    await clock.pass(1 + chance() * 99, cancelled.signal);
    watch.end(node, held);
    if (cancelled.signal.aborted) return settle(name, 'cancelled');
    const end = endOf(chance);
    if (end === null) return settle(name, 'done');
    const waitMs = isStopping() ? null : retryAfter(node.retry, { failed: tries.length + 1, end }, { hex: () => hexOf(chance) });
    assert.ok(tries.length <= (node.retry?.times ?? 0), 'no more attempts than the policy says');
    if (waitMs !== null) {
      earlier.set(name, [...tries, { startedAfterMs, durationMs: clock.timer.elapsed() - startedAfterMs, end, waitMs }]);
      tell(`retry ${name}`);
      return { kind: 'later', waitMs };
    }
    hasFailed = true;
    return settle(name, 'failed');
  };
  if (world.cancelAt !== null) clock.timer.after(world.cancelAt, () => (tell('cancel'), cancelled.abort()));
  const run = schedule({
    graph,
    capacity,
    isStopping,
    signal: cancelled.signal,
    timer: clock.timer,
    visit: async (name, slot) => {
      const needs = (graph.needs.get(name) ?? []).map((need) => records.get(need) ?? assert.fail(`${name} was visited before ${need}`));
      if (chance() < 0.3) await clock.pass(chance() * 3, cancelled.signal); // its key is found out
      if (needs.some((need) => need.status !== 'done' && need.status !== 'hit')) return settle(name, 'blocked');
      if (isStopping()) return settle(name, 'cancelled');
      if (chance() < 0.2) return settle(name, 'hit');
      const node = nodeOf(graph, name);
      watch.wait(node);
      let isReady = false;
      return slot(
        (held) => {
          if (isReady) ready--;
          isReady = true; // from now on nobody may tell it to
          return work(name, held);
        },
        () => {
          assert.ok(!isReady, 'a step is told to get ready once, before it begins');
          isReady = true;
          assert.ok(++ready <= 2 * capacity.cpus + 2, 'few steps get ready at once'); // those that begin in this turn are among them
          assert.ok(!isStopping(), 'no step gets ready in a run that stops');
        },
      );
    },
  });
  await clock.play(run);
  const settled = await run;
  assert.deepEqual([...settled.keys()].toSorted(), graph.order.toSorted(), 'every step settles');
  if (stoppedAt !== null) assert.ok(clock.timer.elapsed() - stoppedAt <= 110, 'a run that stops waits for what runs, and for nothing else');
  assert.equal(watch.running(), 0, 'nothing is left running');
  if (!hasFailed && !cancelled.signal.aborted)
    assert.ok(
      [...settled.values()].every(({ status }) => status === 'done' || status === 'hit'),
      'without a failure everything is done',
    );
  return trace;
}

function nodeOf(graph: Graph, name: StepName): StepNode {
  return graph.nodes.get(name) ?? assert.fail(name);
}

const hexOf = (chance: Chance): string =>
  Math.floor(chance() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');

function endOf(chance: Chance): StepEnd | null {
  const drawn = chance();
  if (drawn > 0.2) return null;
  if (drawn > 0.12) return { kind: 'exit', code: 75 };
  if (drawn > 0.08) return { kind: 'signal', signal: 'SIGKILL' };
  return drawn > 0.06 ? { kind: 'timeout' } : { kind: 'exit', code: 1 };
}

function makeWorld(chance: Chance): World {
  const below = (limit: number): number => Math.floor(chance() * limit);
  const capacity: Capacity = {
    cpus: 1 + below(4),
    memoryBytes: 8,
    gpus: ['0', '1', '2'].slice(0, 1 + below(3)),
    pools: { licence: 1 + below(2) },
  };
  const nodes: StepNode[] = [];
  for (let index = 0, count = 1 + below(chance() < 0.1 ? 60 : 14); index < count; index++) {
    const needs = nodes.length === 0 ? [] : Array.from({ length: below(3) }, () => nodes[below(nodes.length)]?.name ?? '');
    const more = { ...resourcesBy(chance, capacity), ...retryBy(chance) };
    const inputs = needs.map((need) => `${need}/out`);
    if (chance() < 0.15) nodes.push(...fanOut(`f${index}`, { chance, needs: inputs, more }));
    else nodes.push(step(`s${index}`, { in: inputs, cpus: 1 + below(3), more }));
  }
  return { graph: buildGraph(nodes), capacity, keepGoing: chance() < 0.7, cancelAt: chance() < 0.25 ? chance() * 400 : null };
}

function resourcesBy(chance: Chance, { gpus = [], pools = {} }: Capacity): Pick<StepNode, 'resources'> {
  if (chance() < 0.5) return {};
  const upTo = (most: number): number => Math.floor(chance() * (most + 1));
  const licence = upTo(pools['licence'] ?? 0);
  return { resources: { memoryBytes: upTo(8), gpus: upTo(gpus.length), ...(licence > 0 && { pools: { licence } }) } };
}

function retryBy(chance: Chance): Pick<StepNode, 'retry'> {
  if (chance() < 0.5) return {};
  return { retry: { times: 1 + Math.floor(chance() * 3), on: chance() < 0.5 ? null : [75, 'signal'], waitMs: 200, mostWaitMs: 600 } };
}

function fanOut(
  name: string,
  { chance, needs, more }: { readonly chance: Chance; readonly needs: readonly string[]; readonly more: Partial<StepNode> },
): readonly StepNode[] {
  const of = stepName(`steps.${name}`);
  const atOnce = chance() < 0.5 ? 1 + Math.floor(chance() * 3) : null;
  const rate = chance() < 0.3 ? { count: 1 + Math.floor(chance() * 3), perMs: 200 } : null;
  const items = Array.from({ length: 2 + Math.floor(chance() * 6) }, (_, index) => {
    const label = String(index);
    return step(`${name}@${label}`, { in: needs, more: { ...more, item: { of, label, values: {}, atOnce, rate } } });
  });
  const inputs = items.map((item) => ({ from: 'step', step: item.name, output: 'out', place: null }) as const);
  return [...items, step(name, { more: { inputs } })];
}

interface PlayedClock {
  readonly timer: Timer;
  /** Takes so long, or until it is aborted. */
  readonly pass: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Lets time go on from one thing to the next until the work is over. @throws when there is nothing to wait for any more */
  readonly play: (work: Promise<unknown>) => Promise<void>;
}

function playedClock(): PlayedClock {
  let now = 0;
  let count = 0;
  const due = new Map<number, { readonly at: number; readonly work: () => void }>();
  const after: Timer['after'] = (ms, work) => {
    const id = count++;
    due.set(id, { at: now + Math.max(0, ms), work });
    return () => void due.delete(id);
  };
  const next = (): number | undefined => {
    let best: number | undefined;
    for (const [id, { at }] of due) if (best === undefined || at < (due.get(best)?.at ?? 0)) best = id;
    return best;
  };
  return {
    timer: { elapsed: () => now, after },
    pass: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const stop = after(ms, resolve);
        signal.addEventListener('abort', () => (stop(), resolve()), { once: true });
      }),
    play: async (work) => {
      let isOver = false;
      const over = (): void => void (isOver = true);
      work.then(over, over);
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        if (isOver) return;
        const id = next() ?? assert.fail('the run waits for nothing that will ever come');
        const { at, work: happen } = due.get(id) ?? assert.fail();
        due.delete(id);
        now = at;
        happen();
      }
    },
  };
}

interface Watch {
  readonly wait: (node: StepNode) => void;
  readonly start: (node: StepNode, held: Held) => void;
  readonly end: (node: StepNode, held: Held) => void;
  readonly running: () => number;
}

/** Adds up what runs, by hand, and fails when it is more than there is, when a step starts too early, or waits too long. */
function watchOver({ graph, capacity }: World, timer: Timer): Watch {
  const running = new Map<StepName, StepNode>();
  const waiting = new Map<StepName, number>();
  const gpus = new Set<string>();
  const starts = new Map<StepName, number[]>();
  const rank = new Map(graph.order.map((name, index) => [name, index]));
  const sum = (of: (node: StepNode) => number): number => [...running.values()].reduce((total, node) => total + of(node), 0);
  const cpusOf = (node: StepNode): number => demandOf(node, capacity).cpus;
  const checkCapacity = (): void => {
    assert.ok(sum(cpusOf) <= capacity.cpus, 'cores');
    assert.ok(sum((node) => node.resources?.memoryBytes ?? 0) <= (capacity.memoryBytes ?? 0), 'memory');
    assert.ok(sum((node) => node.resources?.pools?.['licence'] ?? 0) <= (capacity.pools?.['licence'] ?? 0), 'pool');
    for (const { item } of running.values())
      if (item !== undefined && item.atOnce !== null)
        assert.ok(sum((node) => (node.item?.of === item.of ? 1 : 0)) <= item.atOnce, 'items at once');
  };
  const checkRate = ({ item }: StepNode): void => {
    if (item === undefined || item.rate === null) return;
    const noted = [...(starts.get(item.of) ?? []), timer.elapsed()];
    starts.set(item.of, noted);
    const before = noted.at(-1 - item.rate.count);
    if (before !== undefined) assert.ok(timer.elapsed() - before >= item.rate.perMs, 'rate of starts');
  };
  /** Without anything but cores to wait for, a step is passed by eight later ones at most. */
  const checkFairness = (node: StepNode): void => {
    waiting.delete(node.name);
    for (const [name, passed] of waiting) {
      if ((rank.get(name) ?? 0) > (rank.get(node.name) ?? 0)) continue;
      waiting.set(name, passed + 1);
      const other = nodeOf(graph, name);
      if (other.resources === undefined && other.item === undefined && node.resources === undefined)
        assert.ok(passed + 1 <= 8 || sum(cpusOf) + cpusOf(other) <= capacity.cpus, `${name} starves`);
    }
  };
  return {
    wait: (node) => void waiting.set(node.name, 0),
    start: (node, held) => {
      for (const need of graph.needs.get(node.name) ?? []) assert.ok(!running.has(need), 'needs have ended');
      assert.equal(held.gpus.length, node.resources?.gpus ?? 0, 'as many GPUs as it asked for');
      for (const gpu of held.gpus) assert.ok(gpus.size < gpus.add(gpu).size, 'a GPU of its own');
      running.set(node.name, node);
      checkCapacity();
      checkRate(node);
      checkFairness(node);
    },
    end: (node, held) => {
      running.delete(node.name);
      for (const gpu of held.gpus) gpus.delete(gpu);
    },
    running: () => running.size,
  };
}
