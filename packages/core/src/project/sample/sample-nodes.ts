import { type Json, stepName } from '@tidegate/formats';
import type { ProjectConfig } from '../../config/index.ts';
import type { StepInput, StepNode } from '../../pipeline/index.ts';

/** The settings of a node of kind `sample-run`. */
export interface SampleSettings {
  /** Share of the keys, above 0 and at most 1. */
  readonly share: number;
  /** Columns that tell entities apart: each dataset is sampled by the first of them that it has. */
  readonly by: readonly string[];
  readonly datasets: readonly string[];
}

/**
 * The nodes of `tests:` that run the whole path on a sample. Of `others`, all nodes of the project, they need the datasets as steps see them, and every file of
 * the project but those of datasets.
 */
export function sampleNodes(config: ProjectConfig, others: readonly StepNode[]): readonly StepNode[] {
  const datasets = Object.keys(config.data);
  return Object.entries(config.tests).flatMap(([name, suite]) => {
    if (suite.kind !== 'sample') return [];
    const settings: SampleSettings = { share: suite.share, by: suite.by, datasets };
    const inputs: readonly StepInput[] = [
      { from: 'project', pattern: 'tidegate.yaml', required: true },
      ...datasets.map((dataset): StepInput => ({ from: 'step', step: stepName(`data.${dataset}`), output: 'files', place: null })),
      ...others.flatMap((node) => projectFilesOf(config, node)),
    ];
    return [
      {
        name: stepName(`tests.${name}`),
        kind: 'sample-run',
        inputs: [...new Map(inputs.map((input) => [JSON.stringify(input), input])).values()],
        outputs: [{ name: 'report', path: null, publish: false }],
        settings: settings as unknown as { readonly [setting: string]: Json },
        variables: {},
        cpus: 1,
      },
    ];
  });
}

/** Its files of the project; of a dataset its data contract, for its rows are sampled. */
function projectFilesOf(config: ProjectConfig, { kind, name, inputs }: StepNode): readonly StepInput[] {
  const own = inputs.filter((input) => input.from === 'project');
  if (kind !== 'dataset') return own;
  const contract = config.data[name.slice('data.'.length)]?.contract ?? null;
  return own.filter(({ pattern }) => pattern === contract);
}
