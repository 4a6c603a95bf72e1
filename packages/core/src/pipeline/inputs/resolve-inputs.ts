import type { Artifact, StepName } from '@tidegate/formats';
import type { ProjectFile } from './snapshot.ts';
import type { StepNode } from '../step-kind.ts';
import type { WholeInput } from './tree-parts.ts';

/** Artifacts of a step that is finished, by output; undefined for a step that is not. */
export type OutputsOf = (step: StepName) => { readonly [output: string]: Artifact } | undefined;

/**
 * The inputs of a step, project files first, or null as long as a step that it needs is not finished. What a finished step did not make is
 * left out for one that runs `always` and one that collects items of which some may fail.
 */
export function resolveInputs(node: StepNode, files: readonly ProjectFile[], outputsOf: OutputsOf): readonly WholeInput[] | null {
  const inputs: WholeInput[] = files.map(({ path, file, digest, bytes }) => ({
    name: path,
    artifact: { kind: 'file', digest, bytes, files: 1 },
    place: path,
    source: file,
  }));
  for (const input of node.inputs) {
    if (input.from !== 'step') continue;
    const outputs = outputsOf(input.step);
    const artifact = outputs?.[input.output];
    if (artifact === undefined && outputs !== undefined && mayLack(node)) continue;
    if (artifact === undefined) return null;
    const { part, place } = input;
    const name = `${input.step}/${input.output}`;
    if (part === undefined) inputs.push({ name, artifact, place, source: null });
    else inputs.push({ name: `${name}/${part}`, artifact, place: part, source: null, part });
  }
  return inputs;
}

function mayLack({ allowedFailures, condition }: StepNode): boolean {
  return allowedFailures !== undefined || condition?.test === 'always';
}
