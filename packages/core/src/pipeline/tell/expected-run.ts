import type { StepName } from '@tidegate/formats';
import type { Graph } from '../graph/graph.ts';
import { readyQueue } from '../graph/ready-queue.ts';
import type { ExpectedTime } from './expected-time.ts';
import type { PlannedStep } from './plan.ts';

/** How long a run is likely to take: its steps are played through on so many cores. Milliseconds. */
export interface ExpectedRun {
  readonly cpus: number;
  readonly medianMs: number;
  /** Every step at its lower quartile, and what is decided later comes out unchanged. */
  readonly lowMs: number;
  /** Every step at its upper quartile, and what is decided later runs. */
  readonly highMs: number;
  /** Steps that have never run and count as nothing here: the run takes longer than is told. */
  readonly withoutHistory: number;
}

export interface TimedStep extends Pick<PlannedStep, 'step' | 'action'> {
  readonly expected: ExpectedTime | null;
}

/** What the steps of a plan take together, those that are hits nothing; the graph is asked for only when a step runs. */
export function expectedRun(graphOf: () => Graph, steps: readonly TimedStep[], cpus: number): ExpectedRun {
  const running = steps.filter(({ action }) => action === 'run' || action === 'decide-later');
  if (running.length === 0) return { cpus, medianMs: 0, lowMs: 0, highMs: 0, withoutHistory: 0 };
  const graph = graphOf();
  const play = (timeOf: (step: TimedStep) => number): number =>
    makespan(graph, new Map(running.map((step) => [step.step, timeOf(step)])), cpus);
  return {
    cpus,
    medianMs: play(({ expected }) => expected?.medianMs ?? 0),
    lowMs: play(({ expected, action }) => (action === 'run' ? (expected?.lowMs ?? 0) : 0)),
    highMs: play(({ expected }) => expected?.highMs ?? 0),
    withoutHistory: running.filter(({ expected }) => expected === null).length,
  };
}

interface Running {
  readonly step: StepName;
  readonly endsAt: number;
  readonly cpus: number;
}

/** When the last step ends: whoever is first in the order is next, as in a run. */
function makespan(graph: Graph, times: ReadonlyMap<StepName, number>, capacity: number): number {
  const ranks = new Map(graph.order.map((name, index) => [name, index]));
  const open = new Map(graph.order.map((name) => [name, graph.needs.get(name)?.length ?? 0]));
  const ready = readyQueue();
  const makeReady = (name: StepName): void => ready.push(ranks.get(name) ?? 0);
  const settle = (name: StepName): void => {
    for (const dependent of graph.neededBy.get(name) ?? []) {
      const left = (open.get(dependent) ?? 0) - 1;
      open.set(dependent, left);
      if (left === 0) makeReady(dependent);
    }
  };
  for (const [name, needs] of open) if (needs === 0) makeReady(name);
  let running: readonly Running[] = []; // no more than there are cores
  let [now, free] = [0, capacity];
  const start = (step: StepName, cpus: number): void => {
    const time = times.get(step) ?? 0;
    if (time === 0) return settle(step);
    free -= cpus;
    running = [...running, { step, endsAt: now + time, cpus }];
  };
  for (;;) {
    for (let rank = ready.peek(); rank !== undefined; rank = ready.peek()) {
      const name = graph.order[rank];
      const cpus = Math.min(Math.max((name === undefined ? undefined : graph.nodes.get(name)?.cpus) ?? 1, 1), capacity);
      if (name === undefined || ((times.get(name) ?? 0) > 0 && cpus > free)) break;
      ready.pop();
      start(name, cpus);
    }
    const [first] = running.toSorted((a, b) => a.endsAt - b.endsAt);
    if (first === undefined) return now;
    now = first.endsAt;
    free += first.cpus;
    running = running.filter((one) => one !== first);
    settle(first.step);
  }
}
