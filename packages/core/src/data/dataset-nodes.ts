import { stepName } from '@tidegate/formats';
import type { DatasetConfig, ProjectConfig } from '../config/index.ts';
import type { StepNode } from '../pipeline/index.ts';

/** One step `data.NAME` for each dataset of the configuration, in its order. */
export function datasetNodes(config: Pick<ProjectConfig, 'data'>): readonly StepNode[] {
  return Object.entries(config.data).map(([name, dataset]) => datasetNode(name, dataset));
}

function datasetNode(name: string, { from, contract, time, holdout }: DatasetConfig): StepNode {
  const inputs = contract === null ? from.files : [...from.files, contract];
  const outputs = ['version', 'files', 'schema', ...(holdout === null ? [] : ['train', 'test'])];
  return {
    name: stepName(`data.${name}`),
    kind: 'dataset',
    inputs: inputs.map((pattern) => ({ from: 'project', pattern, required: true })),
    outputs: outputs.map((output) => ({ name: output, path: null, publish: false })),
    settings: { files: from.files, contract, time, holdout },
    variables: {},
    cpus: 1,
  };
}
