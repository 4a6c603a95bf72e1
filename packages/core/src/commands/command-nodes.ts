import { compareCodeUnits, stepName } from '@tidegate/formats';
import { keptFiles, outputsAt, type ProjectConfig, referenceOf, type StepConfig } from '../config/index.ts';
import { projectFiles, type StepInput, type StepNode } from '../pipeline/index.ts';
import { fanOutNodes } from './fan-out/fan-out-nodes.ts';
import { itemsOf } from './fan-out/items.ts';
import { seededNode, seededStep, seedsOfStep, withSeed } from './seeds.ts';
import { pythonCommand } from '../config/index.ts';
import { readArguments, type ReadingCommand } from './read-arguments.ts';

/** The nodes of `steps:`. `root` is the user's tree: what words of a command name is looked for there. */
export function commandNodes(config: ProjectConfig, root: string): readonly StepNode[] {
  const outputs = outputsAt(config.steps);
  return Object.entries(config.steps).flatMap(([name, step]) => {
    const surroundings = { config, root, step: name, outputs };
    if (step.for === null) {
      const seeds = seedsOfStep(config, name);
      if (seeds === null) return [nodeOf(step, { ...surroundings, file: null })];
      const [first = 0, ...others] = seeds.values;
      const nodeWith = (seed: number): StepNode => nodeOf(withSeed(step, seeds, seed), { ...surroundings, file: null });
      return [nodeWith(first), ...others.map((seed) => seededNode(nodeWith(seed), seededStep(name, seed)))];
    }
    const partitioned = step.for.over.kind === 'partitions' ? step.for.over.dataset : null;
    return fanOutNodes({
      name,
      step,
      fanOut: step.for,
      items: itemsOf(step.for.over, (dataset) => datasetFiles(config, root, dataset)),
      nodeOf: (own, { values }) =>
        nodeOf(own, { ...surroundings, file: partitioned === null ? null : { dataset: partitioned, path: String(values['file']) } }),
    });
  });
}

/** The node of one step that is no fan-out; null when there is no such step. */
export function stepNode(config: ProjectConfig, root: string, name: string): StepNode | null {
  const step = config.steps[name];
  if (step === undefined || step.for !== null) return null;
  const seeds = seedsOfStep(config, name);
  const own = seeds === null ? step : withSeed(step, seeds, seeds.values[0] ?? 0);
  return nodeOf(own, { config, root, step: name, outputs: outputsAt(config.steps), file: null });
}

interface NodeSurroundings extends ReadingCommand {
  readonly step: string;
  /** The one file of a dataset that it is to read; null when it reads whole datasets only. */
  readonly file: { readonly dataset: string; readonly path: string } | null;
}

function nodeOf(step: StepConfig, surroundings: NodeSurroundings): StepNode {
  const { config, file } = surroundings;
  const datasets = Object.keys(config.data).filter((dataset) => dataset !== file?.dataset);
  return {
    name: stepName(`steps.${surroundings.step}`),
    kind: 'command',
    inputs: inputsOf(surroundings, { run: step.run, in: step.in ?? datasets.map((dataset) => `data.${dataset}`), image: step.image }),
    outputs: Object.entries(step.out).map(([output, path]) => ({ name: output, path, publish: true })),
    settings: settingsOf(step),
    variables: step.variables,
    ...(Object.keys(step.secrets).length > 0 && { secrets: step.secrets }),
    cpus: step.cpus,
    ...(step.variesWith.length > 0 && { variesWith: step.variesWith }),
    ...(step.repeats !== 'exactly' && { repeats: step.repeats }),
    ...(step.volatile && { volatile: true }),
    ...(Object.keys(step.stable).length > 0 && { stable: step.stable }),
    ...schedulingOf(step),
    isolation: step.isolation,
    ...(step.salt !== null && { salt: { step: step.salt } }),
  };
}

/** The files of a dataset as they are now, in partitions that are kept, sorted. */
function datasetFiles(config: ProjectConfig, root: string, dataset: string): readonly string[] {
  const files = projectFiles(root, []);
  const { from, partitions } = config.data[dataset] ?? {};
  const found = new Map((from?.files ?? []).flatMap((pattern) => files.matching(pattern).map((file) => [file.path, file] as const)));
  const kept = partitions === undefined ? [...found.values()] : keptFiles([...found.values()], partitions).kept;
  return kept.map(({ path }) => path).toSorted(compareCodeUnits);
}

/** The nodes of `tests:` that are commands. */
export function testCommandNodes(config: ProjectConfig, root: string): readonly StepNode[] {
  const outputs = outputsAt(config.steps);
  return Object.entries(config.tests).flatMap(([name, suite]) => {
    if (suite.kind !== 'command') return [];
    const node: StepNode = {
      name: stepName(`tests.${name}`),
      kind: 'test-command',
      inputs: inputsOf({ config, root, step: null, outputs, file: null }, suite),
      outputs: suiteOutputs(suite).map((output) => ({ name: output, path: null, publish: false })),
      settings: { ...settingsOf(suite), ...suiteSettings(suite) },
      variables: suite.variables,
      ...(Object.keys(suite.secrets).length > 0 && { secrets: suite.secrets }),
      cpus: 1,
      isolation: suite.isolation,
    };
    return [node];
  });
}

function suiteOutputs({ coverage, select }: CommandSuite): readonly string[] {
  return ['report', ...(coverage === null ? [] : ['coverage']), ...(select === 'all' ? [] : ['dependencies'])];
}

/** Only what is declared, so that the key of a suite which declares nothing of it stays. */
function suiteSettings({ report, coverage, reruns, select, quarantine }: CommandSuite): StepNode['settings'] {
  return {
    ...(report !== null && { report }),
    ...(coverage !== null && { coverage }),
    ...(reruns > 0 && { reruns }),
    ...(select !== 'all' && { select }),
    ...(quarantine.length > 0 && { quarantine: quarantine.map((one) => ({ ...one })) }),
  };
}

/** How and when it runs; nothing of it decides the result. */
function schedulingOf({ memoryBytes, gpus, pools, retries, condition }: StepConfig): Partial<StepNode> {
  const hasPools = Object.keys(pools).length > 0;
  const resources = { ...(memoryBytes !== null && { memoryBytes }), ...(gpus > 0 && { gpus }), ...(hasPools && { pools }) };
  return {
    ...(Object.keys(resources).length > 0 && { resources }),
    ...(retries !== null && { retry: retries }),
    ...(condition !== null && { condition }),
  };
}

type CommandSuite = Extract<ProjectConfig['tests'][string], { readonly kind: 'command' }>;

type Settings = Pick<StepConfig, 'run' | 'timeoutMs' | 'isolation'> & Partial<Pick<StepConfig, 'image'>>;

/** What is read over the network decides the result, so it is a setting and not only a matter of isolation. */
function settingsOf({ run, image = null, timeoutMs, isolation }: Settings): StepNode['settings'] {
  return { run, ...(image !== null && { image }), ...(timeoutMs !== null && { timeoutMs }), ...(isolation.network && { network: true }) };
}

/** Declared inputs, what the words of the command name, and the lock of the Python that every command is given. */
function inputsOf(
  surroundings: ReadingCommand & Pick<NodeSurroundings, 'file'>,
  reads: { readonly run: readonly string[]; readonly in: readonly string[]; readonly image?: string | null },
): readonly StepInput[] {
  const { config, file } = surroundings;
  const named = readArguments(reads.run, surroundings);
  const inputs = [
    ...reads.in.map((entry) => inputOf(config, entry)),
    ...(file === null ? [] : [{ ...inputOf(config, `data.${file.dataset}`), part: file.path }]),
    ...named.datasets.filter((dataset) => dataset !== file?.dataset).map((dataset) => inputOf(config, `data.${dataset}`)),
    ...named.quarantines.map((dataset) => inputOf(config, `data.${dataset}.quarantine`)),
    ...named.outputs.map(({ step, output }) => inputOf(config, `steps.${step}/${output}`)),
    ...named.trainingSets.map((service) => inputOf(config, `features.${service}/train`)),
    ...named.files.map((pattern): StepInput => ({ from: 'project', pattern, required: false })),
    ...(typeof reads.image === 'string' ? [] : locksFor(reads.run, config).map(projectInput)), // an image brings its own packages
  ];
  return [...new Map(inputs.map((input) => [JSON.stringify(input), input])).values()];
}

/** The locks of what a command is given: the packages of Python, and those of R when it is no Python. */
function locksFor(run: readonly string[], { python, r }: ProjectConfig): readonly string[] {
  return [python.requirements, pythonCommand(run).isPython ? null : (r?.lock ?? null)].filter((lock) => lock !== null);
}

const projectInput = (pattern: string): StepInput => ({ from: 'project', pattern, required: true });

/** An entry of `in:`, at the place where it lies in the project. */
export function inputOf(config: ProjectConfig, entry: string): StepInput {
  const reference = referenceOf(entry);
  switch (reference.kind) {
    case 'dataset': {
      const holdsOut = (config.data[reference.dataset]?.holdout ?? null) !== null;
      // the tree's paths are relative to the project, so the files lie where they lie there
      return { from: 'step', step: stepName(`data.${reference.dataset}`), output: holdsOut ? 'train' : 'files', place: '.' };
    }
    case 'quarantine':
      return { from: 'step', step: stepName(`data.${reference.dataset}`), output: 'quarantine', place: 'build/quarantine' };
    case 'feature-set': {
      const { service, part } = reference;
      return { from: 'step', step: stepName(`features.${service}`), output: part, place: `build/features/${service}/${part}.parquet` };
    }
    case 'output': {
      const place = config.steps[reference.step]?.out[reference.output] ?? null;
      return { from: 'step', step: stepName(`steps.${reference.step}`), output: reference.output, place };
    }
    case 'files':
      return projectInput(reference.pattern);
  }
}
