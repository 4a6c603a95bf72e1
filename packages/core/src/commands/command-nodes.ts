import { join } from 'node:path';
import { stepName } from '@tidegate/formats';
import { type Named, type ProjectConfig, referenceOf, type StepConfig, type TestConfig } from '../config/index.ts';
import { existsSync } from '../platform/index.ts';
import type { StepInput, StepNode } from '../pipeline/index.ts';
import { resolvePython } from './variables.ts';

/** The nodes of `steps:`. */
export function commandNodes(config: ProjectConfig, root: string): readonly StepNode[] {
  return Object.entries(config.steps).map(([name, step]) => ({
    name: stepName(`steps.${name}`),
    kind: 'command',
    inputs: inputsOf({ config, root }, { run: step.run, in: step.in ?? Object.keys(config.data).map((dataset) => `data.${dataset}`) }),
    outputs: outputsOf(step),
    settings: { run: step.run, ...(step.timeoutMs !== null && { timeoutMs: step.timeoutMs }) },
    variables: step.variables,
    cpus: step.cpus,
  }));
}

/** The nodes of `tests:` that are commands. */
export function testCommandNodes(config: ProjectConfig, root: string): readonly StepNode[] {
  const commands: Named<TestConfig> = config.tests;
  return Object.entries(commands).flatMap(([name, test]) =>
    test.kind !== 'command'
      ? []
      : [
          {
            name: stepName(`tests.${name}`),
            kind: 'test-command',
            inputs: inputsOf({ config, root }, test),
            outputs: [{ name: 'report', path: null, publish: false }],
            settings: { run: test.run, ...(test.timeoutMs !== null && { timeoutMs: test.timeoutMs }) },
            variables: test.variables,
            cpus: 1,
          },
        ],
  );
}

function outputsOf(step: StepConfig): StepNode['outputs'] {
  return Object.entries(step.out).map(([name, path]) => ({ name, path, publish: true }));
}

interface Surroundings {
  readonly config: ProjectConfig;
  readonly root: string;
}

function inputsOf(
  { config, root }: Surroundings,
  reads: { readonly run: readonly string[]; readonly in: readonly string[] },
): readonly StepInput[] {
  const declared = reads.in.map((entry) => inputOf(config, entry));
  const named = reads.run
    .slice(1)
    .map((argument) => argument.split('::')[0] ?? '')
    .filter((argument) => isProjectPath(root, argument) && !isOutput(config, argument));
  const program = reads.run[0] ?? '';
  const own = program.includes('/') && isProjectPath(root, program) ? [program] : [];
  const requirements = resolvePython(reads.run).usesPython && config.python.requirements !== null ? [config.python.requirements] : [];
  const files = [...own, ...named, ...requirements].map(
    (path): StepInput => ({ from: 'project', pattern: path.replace(/^\.\//, '').replace(/\/$/, ''), required: true }),
  );
  const seen = new Set<string>();
  return [...declared, ...files].filter((input) => {
    const key = JSON.stringify(input);
    return seen.has(key) ? false : (seen.add(key), true);
  });
}

/** An argument that names a file or folder of the project is read by the command: `train.py`, `tests/unit`. */
function isProjectPath(root: string, argument: string): boolean {
  if (argument === '' || argument.startsWith('-') || argument.startsWith('/') || argument.split('/').includes('..')) return false;
  return existsSync(join(root, argument));
}

/** What a step of the project makes is no file of the user's, though a run has put it into the tree. */
function isOutput(config: ProjectConfig, argument: string): boolean {
  const path = argument.replace(/^\.\//, '').replace(/\/$/, '');
  const outputs = Object.values(config.steps).flatMap((step) => Object.values(step.out));
  return outputs.some((output) => output === path || path.startsWith(`${output}/`) || output.startsWith(`${path}/`));
}

function inputOf(config: ProjectConfig, entry: string): StepInput {
  const reference = referenceOf(entry);
  switch (reference.kind) {
    case 'dataset': {
      const held = config.data[reference.dataset]?.holdout ?? null;
      // a dataset's files lie at their own paths: the tree's paths are relative to the project
      return { from: 'step', step: stepName(`data.${reference.dataset}`), output: held === null ? 'files' : 'train', place: '.' };
    }
    case 'feature-set':
      return {
        from: 'step',
        step: stepName(`features.${reference.service}`),
        output: reference.part,
        place: `build/features/${reference.service}/${reference.part}.parquet`,
      };
    case 'output': {
      const place = config.steps[reference.step]?.out[reference.output] ?? null;
      return { from: 'step', step: stepName(`steps.${reference.step}`), output: reference.output, place };
    }
    case 'files':
      return { from: 'project', pattern: reference.pattern, required: true };
  }
}
