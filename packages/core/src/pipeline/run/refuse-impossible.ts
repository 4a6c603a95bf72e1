import { type Diagnostic, TidegateError } from '@tidegate/formats';
import { newestResults } from '../cache/results.ts';
import type { EngineParts } from '../engine-parts.ts';
import type { SelectedSteps } from '../graph/select-steps.ts';
import type { StepNode } from '../step-kind.ts';
import type { Capacity } from './resources.ts';

/**
 * Refuses steps that ask for more than there is, before anything runs. A step whose result may be taken from somewhere is let through,
 * for a machine without a GPU may well use what one with a GPU has made; should it have to run after all, it fails then.
 *
 * @throws TG-PIPELINE-RESOURCES, all that are found
 */
export function refuseImpossible(parts: EngineParts, { graph, frozen }: SelectedSteps, capacity: Capacity): void {
  const [first, ...rest] = [...graph.nodes.values()].flatMap((node) => {
    if (node.resources === undefined || frozen.has(node.name)) return [];
    const lacking = lackOf(node, capacity);
    return lacking === null || mayBeTaken(parts, node) ? [] : [lacking];
  });
  if (first !== undefined) throw new TidegateError([first, ...rest]);
}

function mayBeTaken({ state, remote, project }: EngineParts, { name }: StepNode): boolean {
  return remote !== null || newestResults(state, { project: project.name, step: name }, 1).length > 0;
}

/** What a step asks for and cannot have; null when there is enough. */
export function lackOf({ name, resources }: StepNode, capacity: Capacity): Diagnostic | null {
  const { memoryBytes = 0, gpus = 0, pools = {} } = resources ?? {};
  const most = capacity.memoryBytes ?? Number.POSITIVE_INFINITY;
  if (memoryBytes > most)
    return lack(`"${name}" asks for ${gigabytes(memoryBytes)} of memory, and there are ${gigabytes(most)}`, `Lower "memory:" of ${name}`);
  const present = capacity.gpus?.length ?? 0;
  if (gpus > present)
    return lack(
      `"${name}" asks for ${gpus} GPU${gpus === 1 ? '' : 's'}, and there ${present === 1 ? 'is 1' : `are ${present}`}`,
      `Lower "gpus:" of ${name}, or say which GPUs there are: TIDEGATE_GPUS=0,1`,
    );
  for (const [pool, amount] of Object.entries(pools)) {
    const size = capacity.pools?.[pool] ?? 0;
    if (amount > size)
      return lack(
        `"${name}" asks for ${amount} of the pool "${pool}", and there ${size === 1 ? 'is 1' : `are ${size}`}`,
        `Raise "pools: { ${pool}: ${amount} }" in tidegate.yaml`,
      );
  }
  return null;
}

function lack(found: string, hint: string): Diagnostic {
  return { code: 'TG-PIPELINE-RESOURCES', message: `Cannot run the steps: ${found}`, hint, place: null };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
