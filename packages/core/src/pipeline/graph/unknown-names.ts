import { type Diagnostic, nearest, type StepName, stepName } from '@tidegate/formats';
import { knownIn } from '../../config/index.ts';
import type { StepNode } from '../step-kind.ts';

/** Inputs that name a step or an output that is not there. */
export function unknownReferences(nodes: ReadonlyMap<StepName, StepNode>): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const node of nodes.values()) {
    for (const { step } of node.condition === undefined ? [] : knownIn(node.condition))
      if (!nodes.has(stepName(step))) diagnostics.push(unknownStep(step, nodes, `which the condition of "${node.name}" names`));
    for (const input of node.inputs) {
      if (input.from !== 'step') continue;
      const source = nodes.get(input.step);
      if (source === undefined) diagnostics.push(unknownStep(input.step, nodes, `which "${node.name}" needs`));
      else if (source.outputs.every((output) => output.name !== input.output)) diagnostics.push(unknownOutput(node, source, input.output));
    }
  }
  return diagnostics;
}

/** Says that there is no such step; `why` follows a comma. */
export function unknownStep(name: string, nodes: ReadonlyMap<StepName, StepNode>, why: string): Diagnostic {
  const near = nearest(name, [...nodes.keys()]);
  return {
    code: 'TG-PIPELINE-STEP-UNKNOWN',
    message: `Cannot find the step "${name}", ${why}`,
    hint: near === null ? 'List the steps: tidegate plan' : `Did you mean "${near}"?`,
    place: null,
  };
}

function unknownOutput(node: StepNode, source: StepNode, output: string): Diagnostic {
  const names = source.outputs.map((candidate) => candidate.name);
  const near = nearest(output, names);
  return {
    code: 'TG-PIPELINE-OUTPUT-UNKNOWN',
    message: `Cannot find the output "${output}" of "${source.name}", which "${node.name}" needs`,
    hint: near === null ? `Outputs of "${source.name}": ${names.join(', ') || 'none'}` : `Did you mean "${near}"?`,
    place: null,
  };
}
