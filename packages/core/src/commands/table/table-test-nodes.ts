import { stepName } from '@tidegate/formats';
import { type ProjectConfig, referenceOf, type TablePropertiesConfig, type TestConfig } from '../../config/index.ts';
import type { StepInput, StepNode } from '../../pipeline/index.ts';
import { inputOf, stepNode } from '../command-nodes.ts';

/** Where rows lie in a workspace, as patterns of files. */
export interface TablePlace {
  /** `steps.clean/table` */
  readonly name: string;
  readonly patterns: readonly string[];
}

/** The settings of a node of kind `table-tests`. */
export interface TableTestSettings {
  readonly table: TablePlace;
  readonly sameRowsAs: TablePlace | null;
  readonly properties: TablePropertiesConfig;
  /** For idempotence, the command of the step, by the name that every command has it under; empty for none. */
  readonly run: readonly string[];
  readonly timeoutMs: number | null;
}

type TableSuite = Extract<TestConfig, { readonly kind: 'table' }>;

/** The nodes of `tests:` that test a table. */
export function tableTestNodes(config: ProjectConfig, root: string): readonly StepNode[] {
  return Object.entries(config.tests).flatMap(([name, suite]) => (suite.kind === 'table' ? [nodeOf(config, root, { name, suite })] : []));
}

function nodeOf(config: ProjectConfig, root: string, { name, suite }: { readonly name: string; readonly suite: TableSuite }): StepNode {
  const { table, properties } = suite;
  const made = referenceOf(table);
  const step = properties.idempotent !== null && made.kind === 'output' ? made.step : null;
  const again = step === null ? null : stepNode(config, root, step);
  const sameAs = properties.rows.sameAs;
  const inputs: readonly StepInput[] = [
    inputOf(config, table),
    ...(sameAs === null ? [] : [inputOf(config, sameAs)]),
    ...(again?.inputs ?? []),
  ];
  const settings: TableTestSettings = {
    table: placeOf(config, table),
    sameRowsAs: sameAs === null ? null : placeOf(config, sameAs),
    properties,
    run: step === null ? [] : (config.steps[step]?.run ?? []),
    timeoutMs: step === null ? null : (config.steps[step]?.timeoutMs ?? null),
  };
  return {
    name: stepName(`tests.${name}`),
    kind: 'table-tests',
    inputs: [...new Map(inputs.map((input) => [JSON.stringify(input), input])).values()],
    outputs: [{ name: 'report', path: null, publish: false }],
    settings: settings as unknown as StepNode['settings'],
    variables: again?.variables ?? {},
    ...(again?.secrets !== undefined && { secrets: again.secrets }),
    cpus: again?.cpus ?? 1,
    ...(again?.isolation !== undefined && { isolation: again.isolation }),
  };
}

function placeOf(config: ProjectConfig, name: string): TablePlace {
  const reference = referenceOf(name);
  if (reference.kind === 'dataset') return { name, patterns: config.data[reference.dataset]?.from.files ?? [] };
  const path = reference.kind === 'output' ? config.steps[reference.step]?.out[reference.output] : undefined;
  return { name, patterns: path === undefined ? [] : [path] };
}
