import type { StepName } from '@tidegate/formats';
import type { PlannedStep, StepNode } from '../../pipeline/index.ts';
import { plannedSteps } from './plan-project.ts';
import type { Project } from '../project.ts';

type Action = PlannedStep['action'];

/** A step of the graph; the items of a fan-out are one, with the step that collects them. */
export interface GraphNode {
  readonly name: StepName;
  readonly kind: string;
  /** Steps that it stands for: more than one for a fan-out. */
  readonly count: number;
  /** Files of the project that it reads, as patterns. */
  readonly reads: readonly string[];
  readonly makes: readonly { readonly output: string; readonly path: string | null }[];
  /** What a run would do with those steps now: how many each. Whatever is no hit is stale. */
  readonly actions: { readonly [action in Action]?: number };
}

export interface GraphEdge {
  readonly from: StepName;
  readonly to: StepName;
  readonly outputs: readonly string[];
}

export interface ProjectGraph {
  /** Each after all that it needs. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** The steps of the project, what flows between them, and what is stale. `only`: these steps and what they need; none = all. */
export async function graphProject(
  project: Project,
  { only, signal }: { readonly only: readonly string[]; readonly signal: AbortSignal },
): Promise<ProjectGraph> {
  const { nodes, steps } = await plannedSteps(project, { only, signal });
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const unitOf = (name: StepName): StepName => byName.get(name)?.item?.of ?? name;
  const units = Map.groupBy(steps, ({ step }) => unitOf(step));
  const last = new Map(steps.map(({ step }, index) => [unitOf(step), index])); // a fan-out stands where its items are collected
  const ordered = [...units].toSorted(([a], [b]) => (last.get(a) ?? 0) - (last.get(b) ?? 0));
  return {
    nodes: ordered.map(([name, planned]) => nodeOf(name, planned, byName)),
    edges: edgesBetween(
      steps.flatMap(({ step }) => byName.get(step) ?? []),
      unitOf,
    ),
  };
}

function nodeOf(name: StepName, planned: readonly PlannedStep[], byName: ReadonlyMap<StepName, StepNode>): GraphNode {
  const own = byName.get(name) ?? byName.get(planned[0]?.step ?? name);
  const parts = planned.flatMap(({ step }) => byName.get(step) ?? []);
  const reads = parts.flatMap(({ inputs }) => inputs.flatMap((input) => (input.from === 'project' ? [input.pattern] : [])));
  const actions: { [action in Action]?: number } = {};
  for (const { action } of planned) actions[action] = (actions[action] ?? 0) + 1;
  return {
    name,
    kind: own?.kind ?? '',
    count: planned.length,
    reads: [...new Set(reads)],
    makes: (own?.outputs ?? []).map(({ name: output, path }) => ({ output, path })),
    actions,
  };
}

function edgesBetween(nodes: readonly StepNode[], unitOf: (name: StepName) => StepName): readonly GraphEdge[] {
  const edges = new Map<string, { readonly from: StepName; readonly to: StepName; readonly outputs: Set<string> }>();
  for (const node of nodes)
    for (const input of node.inputs) {
      if (input.from !== 'step') continue;
      const [from, to] = [unitOf(input.step), unitOf(node.name)];
      if (from === to) continue;
      const edge = edges.get(`${from} ${to}`) ?? { from, to, outputs: new Set<string>() };
      edge.outputs.add(input.output);
      edges.set(`${from} ${to}`, edge);
    }
  return [...edges.values()].map(({ from, to, outputs }) => ({ from, to, outputs: [...outputs] }));
}
