import type { StepName } from '@tidegate/formats';
import { buildGraph } from '../../pipeline/index.ts';
import { projectNodes } from '../nodes.ts';
import type { Project } from '../project.ts';

/** Step → everything that depends on it, directly or not, in the order of the graph. */
export async function dependentsOf(project: Project): Promise<{ readonly [step: string]: readonly StepName[] }> {
  const { order, neededBy } = buildGraph(await projectNodes(project));
  const all = new Map<StepName, ReadonlySet<StepName>>();
  for (const step of order.toReversed()) {
    const direct = neededBy.get(step) ?? [];
    all.set(step, new Set([...direct, ...direct.flatMap((dependent) => [...(all.get(dependent) ?? [])])]));
  }
  return Object.fromEntries([...all].map(([step, dependents]) => [step, order.filter((name) => dependents.has(name))]));
}
