import { compareCodeUnits, type Diagnostic, type StepName, stepName, TidegateError } from '@tidegate/formats';
import { knownIn } from '../../config/index.ts';
import { outputMistakes } from './output-paths.ts';
import { readyQueue } from './ready-queue.ts';
import type { StepNode } from '../step-kind.ts';
import { unknownReferences } from './unknown-names.ts';

/** Steps and what they need, without a cycle. */
export interface Graph {
  readonly nodes: ReadonlyMap<StepName, StepNode>;
  /** Every step after all that it needs; where that leaves a choice, by code unit of the name. */
  readonly order: readonly StepName[];
  /** Direct needs, sorted. */
  readonly needs: ReadonlyMap<StepName, readonly StepName[]>;
  /** Who directly needs a step, sorted. */
  readonly neededBy: ReadonlyMap<StepName, readonly StepName[]>;
}

/**
 * Connects steps by the names of their inputs.
 *
 * @throws TG-PIPELINE-STEP-TWICE, -STEP-UNKNOWN, -OUTPUT-UNKNOWN, -OUTPUT-PATH, -OUTPUT-CLASH (all that are found at once), else
 * TG-PIPELINE-CYCLE
 */
export function buildGraph(steps: readonly StepNode[]): Graph {
  const nodes = new Map(steps.map((node) => [node.name, node]));
  const [first, ...rest] = [...twiceNamed(steps), ...unknownReferences(nodes), ...outputMistakes(steps)];
  if (first !== undefined) throw new TidegateError([first, ...rest]);
  const names = [...nodes.keys()].sort(compareCodeUnits);
  const needs = new Map(names.map((name) => [name, needsOf(nodes.get(name))]));
  const neededBy = invert(names, needs);
  const order = topologicalOrder(names, needs, neededBy);
  if (order.length < names.length) throw cycleAmong(names, needs, new Set(order));
  return { nodes, order, needs, neededBy };
}

function needsOf(node: StepNode | undefined): readonly StepName[] {
  const names = (node?.inputs ?? []).flatMap((input) => (input.from === 'step' ? [input.step] : []));
  const read = node?.condition === undefined ? [] : knownIn(node.condition).map(({ step }) => stepName(step));
  return [...new Set([...names, ...read])].sort(compareCodeUnits);
}

/** Who needs a step, from what each needs. */
export function invert(
  names: readonly StepName[],
  needs: ReadonlyMap<StepName, readonly StepName[]>,
): ReadonlyMap<StepName, readonly StepName[]> {
  const neededBy = new Map<StepName, StepName[]>(names.map((name) => [name, []]));
  for (const name of [...names].sort(compareCodeUnits)) for (const need of needs.get(name) ?? []) neededBy.get(need)?.push(name);
  return neededBy;
}

/** Kahn's algorithm, always taking the first name that is free; shorter than `names` when there is a cycle. No recursion. */
function topologicalOrder(
  names: readonly StepName[],
  needs: ReadonlyMap<StepName, readonly StepName[]>,
  neededBy: ReadonlyMap<StepName, readonly StepName[]>,
): readonly StepName[] {
  const rank = new Map(names.map((name, index) => [name, index]));
  const open = new Map(names.map((name) => [name, needs.get(name)?.length ?? 0]));
  const ready = readyQueue();
  names.forEach((name, index) => open.get(name) === 0 && ready.push(index));
  const order: StepName[] = [];
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    const name = names[next];
    if (name === undefined) break;
    order.push(name);
    for (const dependent of neededBy.get(name) ?? []) {
      const left = (open.get(dependent) ?? 0) - 1;
      open.set(dependent, left);
      if (left === 0) ready.push(rank.get(dependent) ?? 0);
    }
  }
  return order;
}

/** Every step that has no place in the order needs another one of that sort, so following needs must come back. */
function cycleAmong(
  names: readonly StepName[],
  needs: ReadonlyMap<StepName, readonly StepName[]>,
  ordered: ReadonlySet<StepName>,
): TidegateError {
  const seen = new Map<StepName, number>();
  const walk: StepName[] = [];
  let at = names.find((name) => !ordered.has(name));
  while (at !== undefined && !seen.has(at)) {
    seen.set(at, walk.push(at) - 1);
    at = needs.get(at)?.find((need) => !ordered.has(need));
  }
  const cycle = walk.slice(at === undefined ? 0 : seen.get(at));
  const start = cycle.reduce((best, name, index) => (compareCodeUnits(name, cycle[best] ?? name) < 0 ? index : best), 0);
  const path = [...cycle.slice(start), ...cycle.slice(0, start + 1)];
  const message = `Cannot order the steps, for they need each other: ${shortened(path).join(' → ')}`;
  return new TidegateError([
    { code: 'TG-PIPELINE-CYCLE', message, hint: `Remove an input of one of them; "${path[0]}" needs "${path[1]}"`, place: null },
  ]);
}

function shortened(path: readonly string[]): readonly string[] {
  return path.length <= 24 ? path : [...path.slice(0, 12), `(${path.length - 23} more)`, ...path.slice(-11)];
}

function twiceNamed(steps: readonly StepNode[]): readonly Diagnostic[] {
  const seen = new Set<StepName>();
  const twice = new Set(steps.map((node) => node.name).filter((name) => seen.size === seen.add(name).size));
  return [...twice].map((name) => ({
    code: 'TG-PIPELINE-STEP-TWICE',
    message: `Cannot build the graph: the step "${name}" is there twice`,
    hint: 'Rename one of them',
    place: null,
  }));
}
