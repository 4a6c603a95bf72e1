import { randomOf } from './random-of.ts';
import type { KillMoment } from './random-kill.ts';
import type { FaultScenario } from './scenario.ts';
import type { FaultPoint } from './system-calls.ts';
import type { Fault } from './traced-command.ts';
import type { Rehearsed } from './try-fault.ts';

/** One fault to be tried. Its name stays the same as long as the command makes the same calls. */
export type Task = {
  readonly name: string;
  readonly scenario: FaultScenario;
} & (
  | { readonly kind: 'call'; readonly point: FaultPoint; readonly fault: Fault }
  | { readonly kind: 'random-kill'; readonly moment: KillMoment }
);

/** Every fault at every call: first the kills, which nothing must survive worse than, then the errors. */
export function tasksOf({ scenario, points }: Rehearsed): readonly Task[] {
  return (['kill', 'EIO', 'ENOSPC'] as const).flatMap((fault) =>
    points.map((point) => ({
      kind: 'call',
      name: `${scenario.name} ${fault} ${point.thread} ${point.call} ${point.nth}`,
      scenario,
      point,
      fault,
    })),
  );
}

/** Kills at moments that the seed decides: from the command's beginning to a little after its end, every other one of all it has started. */
export function randomKills(
  rehearsed: readonly Rehearsed[],
  { count, seed }: { readonly count: number; readonly seed: number },
): readonly Task[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, (_, index) => {
    const { scenario, durationMs } = rehearsed[Math.floor(random() * rehearsed.length)] ?? missing();
    const moment = { afterMs: random() * 1.1 * durationMs, tree: index % 2 === 0 };
    return { kind: 'random-kill', name: `${scenario.name} random-kill ${seed} ${index}`, scenario, moment };
  });
}

/** A part of the tasks that the seed decides, with as many sorts of call of each scenario as there is room for. */
export function sampleOf(tasks: readonly Task[], { count, seed }: { readonly count: number; readonly seed: number }): readonly Task[] {
  const seen = new Map<string, number>();
  const ranked = inRandomOrder(tasks, seed).map((task) => {
    const sort = `${task.scenario.name} ${task.kind === 'call' ? task.point.call : task.kind}`;
    const rank = seen.get(sort) ?? 0;
    seen.set(sort, rank + 1);
    return { task, rank };
  });
  return ranked
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ task }) => task);
}

/** The same tasks in an order that the seed decides. */
export function inRandomOrder(tasks: readonly Task[], seed: number): readonly Task[] {
  const random = randomOf(seed);
  return tasks
    .map((task) => ({ task, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ task }) => task);
}

function missing(): never {
  throw new Error('Cannot choose a scenario: there is none');
}
