import { hexOf, type StepName, stepName } from '@tidegate/formats';
import type { ProjectConfig, SeedsConfig, StepConfig } from '../config/index.ts';
import type { StepNode } from '../pipeline/index.ts';
import { digestOfBytes } from '../platform/index.ts';

/** With which seeds a step is run, because a model that comes out of it is trained with several; null when none is. */
export function seedsOfStep({ models }: Pick<ProjectConfig, 'models'>, step: string): SeedsConfig | null {
  return (
    Object.values(models).find(({ artifact, evaluate }) => artifact.step === step && evaluate.seeds !== undefined)?.evaluate.seeds ?? null
  );
}

/** The step with a seed: in a variable, or as the last two words of its command. */
export function withSeed(step: StepConfig, { given }: SeedsConfig, seed: number): StepConfig {
  return given.kind === 'variable'
    ? { ...step, variables: { ...step.variables, [given.name]: String(seed) } }
    : { ...step, run: [...step.run, given.name, String(seed)] };
}

/** The name of the step that is another one with another seed: `seeds.train-2`; where that is too long digits of its digest end it. */
export function seededStep(step: string, seed: number): StepName {
  const name = `${step}-${seed}`;
  return stepName(`seeds.${name.length <= 63 ? name : `${name.slice(0, 54)}-${hexOf(digestOfBytes(name)).slice(0, 8)}`}`);
}

/** A node that makes the same as a step with another seed; what it makes is in the store only, for the place in the tree is that of the step. */
export function seededNode(node: StepNode, name: StepName): StepNode {
  return { ...node, name, outputs: node.outputs.map((output) => ({ ...output, publish: false, isAside: true })) };
}
