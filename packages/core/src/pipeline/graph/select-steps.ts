import { type StepName, TidegateError } from '@tidegate/formats';
import { type Graph, invert } from './graph.ts';
import { unknownStep } from './unknown-names.ts';

/** What of a graph is to be looked at. */
export interface StepSelection {
  /** These steps and all that they need, directly or not. Default: every step. */
  readonly upTo?: readonly StepName[];
  /** These steps, all that needs them, directly or not, and what all of those need. */
  readonly from?: readonly StepName[];
  /** These steps alone, items of a fan-out with it, may run; what they need is taken from earlier runs. */
  readonly only?: readonly StepName[];
}

export interface SelectedSteps {
  readonly graph: Graph;
  /** Steps that may be taken from the cache but must not run. */
  readonly frozen: ReadonlySet<StepName>;
}

/** The part of the graph that is wanted. @throws TG-PIPELINE-STEP-UNKNOWN */
export function selectSteps(graph: Graph, { upTo, from, only }: StepSelection): SelectedSteps {
  const unknown = [...(upTo ?? []), ...(from ?? []), ...(only ?? [])].filter((name) => !graph.nodes.has(name));
  const [first, ...rest] = unknown.map((name) => unknownStep(name, graph.nodes, 'which was asked for'));
  if (first !== undefined) throw new TidegateError([first, ...rest]);
  const asked = upTo ?? only ?? (from === undefined ? undefined : reachedFrom(from, graph.neededBy));
  if (asked === undefined) return { graph, frozen: new Set() };
  const wanted = new Set(reachedFrom(asked, graph.needs));
  const order = graph.order.filter((name) => wanted.has(name));
  const nodes = new Map(order.flatMap((name) => entryOf(graph.nodes, name)));
  const needs = new Map(order.flatMap((name) => entryOf(graph.needs, name)));
  const free = new Set(only);
  const isFrozen = (name: StepName): boolean => !free.has(name) && !free.has(nodes.get(name)?.item?.of ?? name);
  const frozen = new Set(only === undefined ? [] : order.filter(isFrozen));
  return { graph: { nodes, order, needs, neededBy: invert(order, needs) }, frozen };
}

/** These steps and all that the arrows lead to. No recursion, so no limit of depth. */
function reachedFrom(names: readonly StepName[], arrows: ReadonlyMap<StepName, readonly StepName[]>): readonly StepName[] {
  const found = new Set(names);
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop())
    for (const next of arrows.get(name) ?? [])
      if (!found.has(next)) {
        found.add(next);
        waiting.push(next);
      }
  return [...found];
}

function entryOf<V>(map: ReadonlyMap<StepName, V>, name: StepName): readonly [StepName, V][] {
  const value = map.get(name);
  return value === undefined ? [] : [[name, value]];
}
