import { join } from 'node:path';
import { type Diagnostic, nearest, stepName, TidegateError } from '@tidegate/formats';
import { diagnosticAt, type ProjectConfig } from '../../config/index.ts';
import type { StepInput, StepNode } from '../../pipeline/index.ts';
import { readTextIfThere } from '../../platform/index.ts';
import { consumerFiles } from '../consumers/consumer-files.ts';
import { checkSignatures } from '../contract/check-signatures.ts';
import { textAt } from '../contract/check-arguments.ts';
import { parseContract } from '../contract/parse-contract.ts';
import type { DataContract } from '../contract/data-contract.ts';
import { furtherRules, isFurtherCheck, readsOf } from './further-rules.ts';
import { describedDatasets, relationshipEnds } from './relationship-ends.ts';
import type { RelationshipEnd } from './relationship-rules.ts';

/** What of the settings of a step `checks.NAME` it goes by. */
export interface ChecksSettings {
  readonly dataset: string;
  /** File of its data contract; null when it has none, and only consumers promise what is judged. */
  readonly contract: string | null;
  /** Data contracts of consumers with such promises; left out when there are none. */
  readonly consumers?: readonly ConsumerSettings[];
  /** Other datasets that it reads, each with the file of its data contract, which says what is personal. */
  readonly others: { readonly [dataset: string]: string | null };
  /** How many former versions it looks back at. */
  readonly former: number;
  /** Names of versions that it compares with. */
  readonly versions: readonly string[];
  /** Where the relationships of its data contract lead; left out when it has none. */
  readonly relationships?: readonly RelationshipEnd[];
}

/** A data contract of a consumer, and where its relationships lead. */
export interface ConsumerSettings {
  readonly contract: string;
  readonly relationships: readonly RelationshipEnd[];
}

export function checksSettings({ settings }: StepNode): ChecksSettings {
  return settings as unknown as ChecksSettings;
}

/** The script that asks Python functions, in the workspace of the step. */
export const pythonScript = '.tidegate-check.py';

/**
 * One step `checks.NAME` for each dataset of which its data contract, or one of its consumers, promises what its own rows do not tell. A data contract that cannot be read gives none: the
 * step of the dataset says why.
 *
 * @throws TG-DATA-CONTRACT-VALUE for a dataset that the project has not
 */
export async function datasetChecksNodes(config: ProjectConfig, root: string): Promise<readonly StepNode[]> {
  const nodes: StepNode[] = [];
  const mistakes: Diagnostic[] = [];
  let described: ReturnType<typeof describedDatasets> | null = null;
  const promisesIn = async (file: string, dataset: string): Promise<Promises | null> => {
    const contract = await contractWithFurther(root, file, dataset);
    if (contract === null) return null;
    mistakes.push(...unknownDatasets(contract, config));
    if (contract.relationships.length > 0) described ??= describedDatasets(config, root);
    return { file: plain(file), contract, ends: described === null ? [] : relationshipEnds(dataset, contract, await described) };
  };
  for (const [dataset, { contract: file, consumers: patterns = [] }] of Object.entries(config.data)) {
    const own = file === null ? null : await promisesIn(file, dataset);
    const consumers: Promises[] = [];
    for (const path of await consumerFiles(root, patterns)) {
      const promises = await promisesIn(path, dataset);
      if (promises !== null) consumers.push(promises);
    }
    if (own !== null || consumers.length > 0)
      nodes.push(nodeOf(config, { dataset, file: file === null ? null : plain(file), own, consumers }));
  }
  const [first, ...rest] = mistakes;
  if (first !== undefined) throw new TidegateError([first, ...rest]);
  return nodes;
}

const furtherName = new RegExp(
  `\\b(${Object.keys(checkSignatures)
    .filter((name) => isFurtherCheck(name as keyof typeof checkSignatures))
    .join('|')}|tidegate\\.drift|relationships|slaProperties)\\b`,
);

async function contractWithFurther(root: string, file: string, dataset: string): Promise<DataContract | null> {
  const text = await readTextIfThere(join(root, file));
  if (text === null || !furtherName.test(text)) return null; // most have none, and parsing takes longest
  const parsed = parseContract({ file: plain(file), text, dataset });
  return parsed.ok && furtherRules(parsed.value).length > 0 ? parsed.value : null;
}

/** A data contract that promises what rows do not tell. */
interface Promises {
  readonly file: string;
  readonly contract: DataContract;
  readonly ends: readonly RelationshipEnd[];
}

interface DatasetPromises {
  readonly dataset: string;
  /** Of its data contract, whether or not that has such promises. */
  readonly file: string | null;
  readonly own: Promises | null;
  readonly consumers: readonly Promises[];
}

function nodeOf(config: ProjectConfig, { dataset, file, own, consumers }: DatasetPromises): StepNode {
  const all = [...(own === null ? [] : [own]), ...consumers];
  const { datasets, former, versions, files } = readsOf(all.flatMap(({ contract, ends }) => furtherRules(contract, ends)));
  const ends = own?.ends ?? [];
  const others = Object.fromEntries(
    datasets.map((name) => [name, config.data[name]?.contract ?? null]).map(([name, one]) => [name, one && plain(one)]),
  );
  const read = [...(file === null ? [] : [file]), ...consumers.map((one) => one.file)];
  const contracts = [...new Set([...read, ...Object.values(others).flatMap((one) => (typeof one === 'string' ? [one] : []))])];
  const { requirements } = config.python;
  const project = [...contracts, ...files, ...(files.length > 0 && requirements !== null ? [requirements] : [])];
  return {
    name: stepName(`checks.${dataset}`),
    kind: 'dataset-checks',
    inputs: [
      ...[...new Set([dataset, ...datasets])].map((name): StepInput => ({
        from: 'step',
        step: stepName(`data.${name}`),
        output: 'version',
        place: null,
      })),
      ...project.map((pattern): StepInput => ({ from: 'project', pattern, required: true })),
    ],
    outputs: [{ name: 'report', path: null, publish: false }],
    settings: {
      dataset,
      contract: file,
      others,
      former,
      versions,
      ...(ends.length > 0 && { relationships: ends }),
      ...(consumers.length > 0 && { consumers: consumers.map((one) => ({ contract: one.file, relationships: one.ends })) }),
      ...(files.length > 0 && { run: ['python', pythonScript] }),
    },
    variables: {},
    cpus: 1,
    // who reads the dataset waits for this step, and is not to run again because it has found other numbers
    stable: { report: { kind: 'json', round: null, ignore: ['version', 'others', 'former', 'versions', 'asOf', 'checks', 'verdict'] } },
  };
}

function unknownDatasets(contract: DataContract, config: ProjectConfig): readonly Diagnostic[] {
  return furtherRules(contract).flatMap(({ rule, body }) => {
    const name = textAt(body.given, 'dataset');
    if (name === '' || Object.hasOwn(config.data, name)) return [];
    const near = nearest(name, Object.keys(config.data));
    return [
      diagnosticAt(contract.document, [...rule.path, 'implementation', 'dataset'], {
        code: 'TG-DATA-CONTRACT-VALUE',
        message: `Cannot compare with "${name}": the project has no dataset of that name`,
        hint: near === null ? `Datasets: ${Object.keys(config.data).join(', ')}` : `Did you mean "${near}"?`,
      }),
    ];
  });
}

/**
 * The steps with `checks.NAME` before everything that reads the dataset NAME, so that data which fails there is not trained on. Steps of datasets and
 * their checks are left as they are.
 */
export function behindChecks(checks: readonly StepNode[], nodes: readonly StepNode[]): readonly StepNode[] {
  if (checks.length === 0) return nodes;
  const checked = new Map(checks.map((node) => [stepName(`data.${checksSettings(node).dataset}`), node.name]));
  return nodes.map((node) => {
    const read = new Set(node.inputs.flatMap((input) => (input.from === 'step' ? [input.step] : [])));
    const added = [...read].flatMap((step): readonly StepInput[] => {
      const name = checked.get(step);
      return name === undefined ? [] : [{ from: 'step', step: name, output: 'report', place: null }];
    });
    return added.length === 0 ? node : { ...node, inputs: [...node.inputs, ...added] };
  });
}

function plain(path: string): string {
  return path.replace(/^(\.\/)+/, '');
}
