import { availableParallelism, findGpus, memoryBytes } from '../../platform/index.ts';
import type { EngineParts } from '../engine-parts.ts';
import type { Graph } from '../graph/graph.ts';
import type { Capacity } from './resources.ts';

/** What the steps of a graph may take together on this machine; only what one of them asks for is looked for. `cpus` default: its cores. */
export async function capacityFor(
  { pools, platform }: Pick<EngineParts, 'pools' | 'platform'>,
  graph: Graph,
  cpus: number | undefined,
): Promise<Capacity> {
  let memory = false;
  let gpus = false;
  for (const { resources } of graph.nodes.values()) {
    memory ||= resources?.memoryBytes !== undefined;
    gpus ||= resources?.gpus !== undefined;
  }
  return {
    cpus: cpus ?? availableParallelism(),
    ...(memory && { memoryBytes: memoryBytes() }),
    ...(gpus && { gpus: await findGpus(platform.variables) }),
    ...(pools !== undefined && { pools }),
  };
}
