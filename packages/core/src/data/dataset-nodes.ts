import { stepName } from '@tidegate/formats';
import type { DatasetConfig, Named } from '../config/index.ts';
import { isGlob, type StepNode } from '../pipeline/index.ts';

/** One step `data.NAME` for each dataset of the configuration, in its order. */
export function datasetNodes(config: { readonly data: Named<VersionedDataset> }): readonly StepNode[] {
  return Object.entries(config.data).map(([name, dataset]) => datasetNode(name, dataset));
}

/** What decides how a dataset version is made. */
type VersionedDataset = Omit<DatasetConfig, 'push'>;

function datasetNode(name: string, { from, contract, time, holdout }: VersionedDataset): StepNode {
  const inputs = contract === null ? from.files : [...from.files, contract];
  const outputs = ['version', 'files', 'schema', ...(holdout === null ? [] : ['train', 'test'])];
  return {
    name: stepName(`data.${name}`),
    kind: 'dataset',
    inputs: inputs.map((pattern) => ({
      from: 'project',
      pattern,
      required: pattern !== contract && mayBeEmpty(pattern, from.files) ? 'any' : true,
    })),
    outputs: outputs.map((output) => ({ name: output, path: null, publish: false })),
    settings: { files: from.files, contract, time, holdout },
    variables: {},
    cpus: 1,
  };
}

/** One of several patterns may match nothing yet, as that of a folder for pushed rows; but not all. */
function mayBeEmpty(pattern: string, all: readonly string[]): boolean {
  return all.length > 1 && isGlob(pattern);
}
