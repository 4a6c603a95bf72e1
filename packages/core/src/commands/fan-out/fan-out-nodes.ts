import { stepName } from '@tidegate/formats';
import { type FanOutConfig, type Named, type StepConfig, substitute, type Substitutes } from '../../config/index.ts';
import type { StepInput, StepNode } from '../../pipeline/index.ts';
import type { Item } from './items.ts';

export interface FanOutStep {
  readonly name: string;
  readonly step: StepConfig;
  readonly fanOut: FanOutConfig;
  readonly items: readonly Item[];
  /** The node of a step as it is run for one item. */
  readonly nodeOf: (step: StepConfig, item: Item) => StepNode;
}

/** A step for each item, and the one that collects what they made. */
export function fanOutNodes({ name, step, fanOut, items, nodeOf }: FanOutStep): readonly StepNode[] {
  const of = stepName(`steps.${name}`);
  const { atOnce, rate, allowFailures } = fanOut;
  const nodes = items.map((item): StepNode => {
    const node = nodeOf(stepFor(step, fanOut, item.substitutes), item);
    return {
      ...node,
      name: stepName(`${of}@${item.label}`),
      outputs: node.outputs.map((output) => ({ ...output, publish: false })),
      item: { of, label: item.label, values: item.values, atOnce, rate },
    };
  });
  const inputs = nodes.flatMap((node) =>
    node.outputs.map((output): StepInput => ({ from: 'step', step: node.name, output: output.name, place: null })),
  );
  const collected: StepNode = {
    name: of,
    kind: 'collect',
    inputs,
    outputs: Object.entries(step.out).map(([output, path]) => ({ name: output, path, publish: true })),
    settings: {
      items: items.map(({ label, values, substitutes }) => ({ label, values, paths: pathsOf(fanOut.out, substitutes) })),
      folders: Object.fromEntries(Object.keys(fanOut.out).map((output) => [output, step.out[output] ?? ''])),
      best: fanOut.best,
    },
    variables: {},
    cpus: 1,
    allowedFailures: allowFailures.kind === 'count' ? allowFailures.value : Math.floor(allowFailures.value * items.length),
  };
  return [...nodes, collected];
}

/** The step as it is run for one item. */
function stepFor(step: StepConfig, { out }: FanOutConfig, substitutes: Substitutes): StepConfig {
  const put = (text: string): string => substitute(text, substitutes);
  return {
    ...step,
    run: step.run.map(put),
    in: step.in === null ? null : step.in.map(put),
    out: pathsOf(out, substitutes),
    variables: Object.fromEntries(
      Object.entries(step.variables).map(([name, value]) => [name, typeof value === 'string' ? put(value) : value]),
    ),
  };
}

function pathsOf(out: Named<string>, substitutes: Substitutes): Named<string> {
  return Object.fromEntries(Object.entries(out).map(([output, template]) => [output, substitute(template, substitutes)]));
}
