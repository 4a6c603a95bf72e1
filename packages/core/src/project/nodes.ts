import { failure, nearest, type StepName } from '@tidegate/formats';
import { commandNodes, goldenNodes, tableTestNodes, testCommandNodes } from '../commands/index.ts';
import { anomalyNodes, behindChecks, consumerNodes, datasetChecksNodes, datasetNodes, type Readings } from '../data/index.ts';
import { trialNodes } from '../deploy/index.ts';
import { featureCaseNodes, featureNodes } from '../features/index.ts';
import { evaluateNodes } from '../models/index.ts';
import { referenceNodes } from '../monitoring/index.ts';
import { releaseNodes } from '../packaging/index.ts';
import type { StepNode } from '../pipeline/index.ts';
import { isJudged } from './anomalies/measured-versions.ts';
import { driftReferences } from './data/drift/drift-references.ts';
import { featureDefinitions } from './features/feature-definitions.ts';
import { championReads } from './models/champion-reads.ts';
import { withheldInputs } from './monitors/promised-inputs.ts';
import type { Project } from './project.ts';
import { sampleNodes } from './sample/sample-nodes.ts';
import { readingsToUse } from './sources/readings-to-use.ts';
import { takeOverChampion } from './remote/take-over-champion.ts';

/**
 * Every step of the project, as `tidegate.yaml` and the feature definitions say. `readings` is what was read of sources; default: what a run would use.
 *
 * @throws TidegateError with every mistake in them
 */
export async function projectNodes(project: Project, readings?: Readings): Promise<readonly StepNode[]> {
  const { config, root } = project;
  const definitions = await featureDefinitions(project);
  const datasets = datasetNodes(config, readings ?? (await readingsToUse(project)), await driftReferences(project));
  const checks = await datasetChecksNodes(config, root);
  const anomalies = anomalyNodes(config, (dataset) => isJudged(project, dataset));
  const readers = [
    ...featureNodes(config, definitions),
    ...commandNodes(config, root),
    ...testCommandNodes(config, root),
    ...tableTestNodes(config, root),
    ...goldenNodes(config, root),
    ...featureCaseNodes(config, definitions),
    ...evaluateNodes(config, await championReads(project, definitions)),
    ...referenceNodes(config, await withheldInputs(project)),
    ...releaseNodes(config),
    ...trialNodes(config),
  ];
  const consumers = consumerNodes(config);
  const samples = sampleNodes(config, [...datasets, ...checks, ...consumers, ...readers]);
  const stopping = [checks, consumers, anomalies.filter(isError)];
  return salted(config.salt, [
    ...datasets,
    ...checks,
    ...consumers,
    ...anomalies,
    ...stopping.reduce((nodes: readonly StepNode[], before) => behindChecks(before, nodes), [...readers, ...samples]),
  ]);
}

/** Whether what it finds stops what reads the dataset. */
function isError({ settings }: StepNode): boolean {
  return settings['severity'] === 'error';
}

function salted(salt: string | null, nodes: readonly StepNode[]): readonly StepNode[] {
  return salt === null ? nodes : nodes.map((node) => ({ ...node, salt: { ...node.salt, project: salt } }));
}

/** Every step of a project that has one. @throws TG-CLI-NOTHING-TO-RUN: a run of nothing would look like one that passes; as {@link projectNodes} */
export async function stepsToRun(project: Project): Promise<readonly StepNode[]> {
  await takeOverChampion(project);
  const nodes = await projectNodes(project);
  if (nodes.length > 0) return nodes;
  throw failure(
    'TG-CLI-NOTHING-TO-RUN',
    'Cannot run anything: the tidegate.yaml names no data, no step and no test',
    'Add a dataset and a step: data: { houses: { from: { files: houses.csv } } } and steps: { train: { run: python train.py, out: { model: model.pkl } } }',
  );
}

/** Names as a user gives them, qualified (`steps.train`) or not (`train`). @throws TG-CLI-NOT-FOUND */
export function stepsNamed(nodes: readonly StepNode[], names: readonly string[]): readonly StepName[] {
  return names.map((name) => {
    // checks, consumers and anomalies of a dataset are named by their whole name only, for the dataset has the short one
    const found = nodes.filter(
      (node) =>
        node.name === name || (!/^(checks|consumers|anomalies)\./.test(node.name) && node.name.slice(node.name.indexOf('.') + 1) === name),
    );
    const exact = found.find((node) => node.name === name) ?? (found.length === 1 ? found[0] : undefined);
    if (exact !== undefined) return exact.name;
    const near = nearest(
      name,
      nodes.map((node) => node.name),
    );
    const hint =
      found.length > 1
        ? `Write which: ${found.map((node) => node.name).join(', ')}`
        : near === null
          ? 'Run "tidegate plan" for the names of the steps'
          : `Did you mean "${near}"?`;
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot find the step "${name}": ${found.length > 1 ? 'several have that name' : 'the project has none of that name'}`,
      hint,
    );
  });
}

/** These steps, and of datasets among them the checks that come after. */
export function withChecks(nodes: readonly StepNode[], names: readonly StepName[]): readonly StepName[] {
  const checks = names.flatMap((name) =>
    name.startsWith('data.') ? ['checks', 'consumers'].map((kind) => `${kind}.${name.slice('data.'.length)}`) : [],
  );
  return [...names, ...nodes.flatMap(({ name }) => (checks.includes(name) && !names.includes(name) ? [name] : []))];
}
