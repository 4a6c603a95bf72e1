import { type Json, stepName } from '@tidegate/formats';
import type { AnomaliesConfig, DatasetConfig, Named } from '../../config/index.ts';
import type { StepNode } from '../../pipeline/index.ts';

/** What a dataset without `anomalies` has. */
export const defaultAnomalies: AnomaliesConfig = { falseAlarms: 0.01, severity: 'warning', ignore: [] };

/** All of a report but which dataset it is about. */
const numbersOfReport = ['version', 'at', 'time', 'versions', 'falseAlarms', 'verdict', 'measures', 'columnsLeftOut', 'unseen'];

/** One step `anomalies.NAME` for each dataset that is judged by its past; `isJudged` tells of which enough versions are known. Where an anomaly is an error there is one from the first version on. */
export function anomalyNodes(
  config: { readonly data: Named<Pick<DatasetConfig, 'anomalies'>> },
  isJudged: (dataset: string) => boolean,
): readonly StepNode[] {
  return Object.entries(config.data).flatMap(([dataset, { anomalies = defaultAnomalies }]) =>
    anomalies.severity === 'off' || (anomalies.severity === 'warning' && !isJudged(dataset))
      ? []
      : [
          {
            name: stepName(`anomalies.${dataset}`),
            kind: 'anomalies',
            inputs: [{ from: 'step' as const, step: stepName(`data.${dataset}`), output: 'version', place: null }],
            outputs: [{ name: 'report', path: null, publish: false }],
            settings: { dataset, falseAlarms: anomalies.falseAlarms, severity: anomalies.severity, ignore: [...anomalies.ignore] },
            variables: {},
            cpus: 1,
            // who reads the dataset may wait for this step, and is not to run again because it has found other numbers
            stable: { report: { kind: 'json' as const, round: null, ignore: numbersOfReport } },
          },
        ],
  );
}

/** The settings of such a node. */
export function settingsOf({ settings }: Pick<StepNode, 'settings'>): {
  readonly dataset: string;
  readonly falseAlarms: number;
  readonly severity: 'error' | 'warning';
  readonly ignore: readonly string[];
} {
  const { dataset, falseAlarms, severity, ignore } = settings;
  const texts: readonly Json[] = Array.isArray(ignore) ? ignore : [];
  return {
    dataset: String(dataset),
    falseAlarms: Number(falseAlarms),
    severity: severity === 'error' ? 'error' : 'warning',
    ignore: texts.map(String),
  };
}
