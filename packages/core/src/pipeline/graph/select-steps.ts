import { type StepName, TidegateError } from '@tidegate/formats';
import { type Graph, invert } from './graph.ts';
import { unknownStep } from './unknown-names.ts';

/** What of a graph is to be looked at. */
export interface StepSelection {
  /** These steps and all that they need, directly or not. Default: every step. */
  readonly upTo?: readonly StepName[];
  /** These steps alone may run; what they need is taken from earlier runs. */
  readonly only?: readonly StepName[];
}

export interface SelectedSteps {
  readonly graph: Graph;
  /** Steps that may be taken from the cache but must not run. */
  readonly frozen: ReadonlySet<StepName>;
}

/** The part of the graph that is wanted. @throws TG-PIPELINE-STEP-UNKNOWN */
export function selectSteps(graph: Graph, { upTo, only }: StepSelection): SelectedSteps {
  const unknown = [...(upTo ?? []), ...(only ?? [])].filter((name) => !graph.nodes.has(name));
  const [first, ...rest] = unknown.map((name) => unknownStep(name, graph.nodes, 'which was asked for'));
  if (first !== undefined) throw new TidegateError([first, ...rest]);
  if (upTo === undefined && only === undefined) return { graph, frozen: new Set() };
  const wanted = withNeeds(graph, only ?? upTo ?? []);
  const order = graph.order.filter((name) => wanted.has(name));
  const nodes = new Map(order.flatMap((name) => entryOf(graph.nodes, name)));
  const needs = new Map(order.flatMap((name) => entryOf(graph.needs, name)));
  const frozen = new Set(only === undefined ? [] : order.filter((name) => !only.includes(name)));
  return { graph: { nodes, order, needs, neededBy: invert(order, needs) }, frozen };
}

function withNeeds(graph: Graph, names: readonly StepName[]): ReadonlySet<StepName> {
  const found = new Set(names);
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop())
    for (const need of graph.needs.get(name) ?? [])
      if (!found.has(need)) {
        found.add(need);
        waiting.push(need);
      }
  return found;
}

function entryOf<V>(map: ReadonlyMap<StepName, V>, name: StepName): readonly [StepName, V][] {
  const value = map.get(name);
  return value === undefined ? [] : [[name, value]];
}
