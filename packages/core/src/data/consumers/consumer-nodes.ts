import { stepName } from '@tidegate/formats';
import type { ProjectConfig } from '../../config/index.ts';
import { isGlob, type StepInput, type StepNode } from '../../pipeline/index.ts';

/**
 * One step `consumers.NAME` for each dataset that says whose data contracts it must keep as well. It reads the version and the documents, so that a new one of
 * either is judged, and whoever reads the dataset waits for it.
 */
export function consumerNodes(config: Pick<ProjectConfig, 'data'>): readonly StepNode[] {
  return Object.entries(config.data).flatMap(([dataset, { consumers = [] }]) => {
    if (consumers.length === 0) return [];
    return [
      {
        name: stepName(`consumers.${dataset}`),
        kind: 'dataset-consumers',
        inputs: [
          { from: 'step', step: stepName(`data.${dataset}`), output: 'version', place: null },
          ...consumers.map((pattern): StepInput => ({ from: 'project', pattern, required: isGlob(pattern) ? 'any' : true })),
        ],
        outputs: [{ name: 'report', path: null, publish: false }],
        settings: { dataset },
        variables: {},
        cpus: 1,
        // who reads the dataset waits for this step, and is not to run again because it has found other numbers
        stable: { report: { kind: 'json', round: null, ignore: ['version', 'others', 'former', 'versions', 'asOf', 'checks', 'verdict'] } },
      },
    ];
  });
}
