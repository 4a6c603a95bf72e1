import type { AnomalyReport, Evidence, JudgedMeasure } from '@tidegate/formats';

/** One evidence for each anomaly, and one for all measures together. Only an anomaly can block, and only where it is configured to be an error. */
export function anomalyEvidence(report: AnomalyReport, severity: 'error' | 'warning'): readonly Evidence[] {
  const failed = report.measures.filter(({ verdict }) => verdict === 'fail');
  return [summary(report), ...failed.map((measure) => ofMeasure(report, measure, severity))];
}

function ofMeasure({ dataset }: AnomalyReport, measure: JudgedMeasure, severity: 'error' | 'warning'): Evidence {
  const { past, by, ...details } = measure;
  return {
    format: 'tidegate.evidence/1',
    kind: 'anomaly',
    name: `anomalies.${measure.name}`,
    subject: `data.${dataset}`,
    verdict: 'fail',
    blocking: severity === 'error',
    reason: measure.reason,
    details: { ...details, by: by.map((one) => ({ ...one })), versions: past.length },
  };
}

function summary({ dataset, measures, versions, falseAlarms, unseen, columnsLeftOut }: AnomalyReport): Evidence {
  const open = measures.filter(({ verdict }) => verdict === 'inconclusive');
  const failed = measures.filter(({ verdict }) => verdict === 'fail').length;
  const passed = measures.filter(({ verdict }) => verdict === 'pass').length;
  const isOpen = open.length > 0 || columnsLeftOut > 0 || measures.length === 0;
  const rate = `${Number((falseAlarms * 100).toPrecision(2))} %`;
  const words = [
    `${passed} of ${measures.length} measures of data.${dataset} are as the ${versions} versions before it let expect, with a false alarm in ${rate} of versions at most`,
    ...(failed === 0 ? [] : [`${failed} ${failed === 1 ? 'is' : 'are'} not`]),
    ...(open.length === 0
      ? []
      : [
          `${open.length} cannot be judged yet (${open
            .slice(0, 3)
            .map(({ name }) => name)
            .join(', ')}${open.length > 3 ? ', …' : ''})`,
        ]),
    ...(columnsLeftOut === 0 ? [] : [`${columnsLeftOut} columns are not looked at`]),
  ];
  return {
    format: 'tidegate.evidence/1',
    kind: 'anomaly',
    name: 'anomalies',
    subject: `data.${dataset}`,
    verdict: isOpen ? 'inconclusive' : 'pass',
    blocking: false,
    reason: versions < 5 ? `data.${dataset} is judged by its past from 5 versions before it on: there are ${versions}` : words.join('; '),
    details: {
      versions,
      measures: measures.length,
      falseAlarms,
      unseen: [...unseen],
      inconclusive: open.map(({ name, needed }) => ({ name, needed })),
    },
  };
}
