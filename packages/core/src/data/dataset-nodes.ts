import { type Digest, stepName } from '@tidegate/formats';
import type { DatasetConfig, Named, SourceConfig } from '../config/index.ts';
import type { DriftReferences } from './drift/run-drift.ts';
import { isGlob, type StepNode } from '../pipeline/index.ts';

/**
 * What was read of datasets that come from elsewhere: the table; null when nothing was; or the version that is pinned, and nowhere at hand. Of one that comes from
 * files of the project what is used instead of them; null or left out: they are.
 */
export type Readings = { readonly [dataset: string]: Digest | { readonly notAtHand: Digest } | null };

/** One step `data.NAME` for each dataset of the configuration, in its order. */
export function datasetNodes(
  config: { readonly data: Named<VersionedDataset> },
  readings: Readings = {},
  references: DriftReferences = {},
): readonly StepNode[] {
  return Object.entries(config.data).map(([name, dataset]) => withDrift(nodeOf(name, dataset), dataset, references[name] ?? null));

  function nodeOf(name: string, dataset: VersionedDataset): StepNode {
    const reading = readings[name] ?? null;
    if (dataset.from.source !== undefined) return withReading(datasetNode(name, dataset), dataset.from.source, reading);
    return typeof reading === 'string' ? nodeOfTree(name, dataset, reading) : datasetNode(name, dataset);
  }
}

/** With what its versions are compared with, which decides the evidence. */
function withDrift(node: StepNode, { drift }: VersionedDataset, reference: Digest | null): StepNode {
  if (drift === undefined) return node;
  const { against: _, from, ...setting } = drift;
  // rows are no part of the key, so that what was judged before profiles could be is not judged again
  const own = from === 'rows' ? setting : { ...setting, from };
  return { ...node, settings: { ...node.settings, drift: { ...own, ...(reference !== null && { reference }) } } };
}

/** The step that makes a version of a tree or a table of the store, whatever files the project has now. */
export function nodeOfTree(name: string, dataset: VersionedDataset, tree: Digest): StepNode {
  const node = datasetNode(name, dataset);
  const { table: _, ...settings } = node.settings;
  return {
    ...node,
    inputs: node.inputs.filter((input) => input.from === 'project' && input.pattern === dataset.contract),
    settings: { ...settings, source: dataset.from.source?.kind ?? 'store', reading: tree },
  };
}

/** As {@link nodeOfTree}, of files that were added: where rows are kept, they are still to be read. */
export function nodeOfAdded(name: string, dataset: DatasetConfig, tree: Digest): StepNode {
  const node = nodeOfTree(name, dataset, tree);
  return dataset.table === undefined ? node : { ...node, settings: { ...node.settings, table: { ...dataset.table } } };
}

/** What decides how a dataset version is made. */
type VersionedDataset = Omit<DatasetConfig, 'push'>;

function datasetNode(
  name: string,
  { from, contract, format, time, holdout, split, table, partitions, quarantine }: VersionedDataset,
): StepNode {
  const inputs = contract === null ? from.files : [...from.files, contract];
  const outputs = [
    'version',
    'files',
    'schema',
    ...(quarantine === undefined ? [] : ['quarantine']),
    ...(quarantine?.goesOn === true ? ['delivered'] : []), // else the files are
    ...(holdout === null ? [] : ['train', 'test']),
  ];
  return {
    name: stepName(`data.${name}`),
    kind: 'dataset',
    inputs: inputs.map((pattern) => ({
      from: 'project',
      pattern,
      required: pattern !== contract && mayBeEmpty(pattern, from.files) ? 'any' : true,
      ...(partitions !== undefined && pattern !== contract && { partitions }),
    })),
    outputs: outputs.map((output) => ({ name: output, path: null, publish: false })),
    settings: {
      files: from.files,
      contract,
      time,
      holdout,
      ...(split !== undefined && { split: { ...split } }),
      ...(table !== undefined && { table: { ...table } }),
      ...(partitions !== undefined && { partitions: { ...partitions } }),
      ...(quarantine !== undefined && { quarantine: { ...quarantine } }),
      ...(format !== undefined && { format }),
    },
    variables: {},
    cpus: 1,
  };
}

/** A dataset that comes from elsewhere has no files of the project, but what was read: the version is made of that. */
function withReading(node: StepNode, source: SourceConfig, reading: Exclude<Readings[string], undefined>): StepNode {
  const { table: _, ...settings } = node.settings;
  const given = reading === null || typeof reading === 'string' ? { reading } : { reading: null, ...reading };
  return { ...node, settings: { ...settings, source: source.kind, ...given } };
}

/** One of several patterns may match nothing yet, as that of a folder for pushed rows; but not all. */
function mayBeEmpty(pattern: string, all: readonly string[]): boolean {
  return all.length > 1 && isGlob(pattern);
}
