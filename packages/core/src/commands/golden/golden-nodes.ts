import { stepName } from '@tidegate/formats';
import { canOverlap, type ProjectConfig, referenceOf, type TestConfig } from '../../config/index.ts';
import type { StepInput, StepNode } from '../../pipeline/index.ts';
import { stepNode } from '../command-nodes.ts';

/** The settings of a node of kind `golden-rows`. */
export interface GoldenSettings {
  /** `steps.clean/table` */
  readonly table: string;
  /** Where the step writes it. */
  readonly path: string;
  /** Every path that the step writes to. */
  readonly paths: readonly string[];
  readonly given: { readonly [path: string]: string };
  readonly expect: string;
  /** Empty: whole rows are looked for. */
  readonly key: readonly string[];
  readonly tolerance: number;
  readonly run: readonly string[];
  readonly timeoutMs: number | null;
}

type GoldenSuite = Extract<TestConfig, { readonly kind: 'golden' }>;

/** The nodes of `tests:` that run a step on a small input and compare its rows. They need the step's inputs, and not its result. */
export function goldenNodes(config: ProjectConfig, root: string): readonly StepNode[] {
  return Object.entries(config.tests).flatMap(([name, suite]) => (suite.kind === 'golden' ? nodeOf(config, root, { name, suite }) : []));
}

function nodeOf(
  config: ProjectConfig,
  root: string,
  { name, suite }: { readonly name: string; readonly suite: GoldenSuite },
): readonly StepNode[] {
  const { table, given, expect, key, tolerance } = suite;
  const reference = referenceOf(table);
  if (reference.kind !== 'output') return [];
  const node = stepNode(config, root, reference.step);
  const step = config.steps[reference.step];
  if (node === null || step === undefined) return [];
  const { run, timeoutMs, image, out } = step;
  const settings: GoldenSettings = {
    table,
    path: out[reference.output] ?? '',
    paths: Object.values(out),
    given,
    expect,
    key,
    tolerance,
    run,
    timeoutMs,
  };
  const inputs: readonly StepInput[] = [
    ...node.inputs.filter((input) => !isGiven(config, input, Object.keys(given))),
    ...[...new Set(Object.values(given))].map((pattern): StepInput => ({ from: 'project', pattern, required: true })),
    { from: 'project', pattern: expect, required: false },
  ];
  const { variables, secrets, cpus, resources, isolation } = node;
  return [
    {
      name: stepName(`tests.${name}`),
      kind: 'golden-rows',
      inputs: [...new Map(inputs.map((input) => [JSON.stringify(input), input])).values()],
      outputs: ['report', 'made'].map((output) => ({ name: output, path: null, publish: false })),
      settings: { ...(settings as unknown as StepNode['settings']), ...(image !== null && { image }) },
      variables,
      ...(secrets !== undefined && { secrets }),
      cpus,
      ...(resources !== undefined && { resources }),
      ...(isolation !== undefined && { isolation }),
    },
  ];
}

/** Whether all of an input is replaced, so that the test does not depend on it. */
function isGiven(config: ProjectConfig, input: StepInput, given: readonly string[]): boolean {
  if (input.from === 'project') return given.includes(input.pattern);
  if (input.place !== '.') return input.place !== null && given.includes(input.place);
  const [section, dataset = ''] = input.step.split('.');
  const files = section === 'data' ? (config.data[dataset]?.from.files ?? []) : [];
  return files.length > 0 && files.every((pattern) => given.some((path) => canOverlap(pattern, path)));
}
