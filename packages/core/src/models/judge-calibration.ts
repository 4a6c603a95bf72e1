import { calibrationError, type MeasureOptions, type Pair } from '@tidegate/runtime';
import { figure, rows } from '../evidence/index.ts';
import { type Carried, compareCarried } from './carried.ts';
import { judgePair, measurePair, reasonOf } from './compare.ts';
import type { EvaluateSettings } from './evaluate-settings.ts';
import type { Finding } from './evidence.ts';
import { measureAll, metricNamed } from './measure.ts';

export interface CalibrationOptions extends MeasureOptions {
  readonly settings: Pick<EvaluateSettings, 'evaluate' | 'gate'>;
  readonly carried: Carried | null;
}

/** Whether the candidate's probabilities are worse than the champion's, by a proper score on the same rows; nothing when the gate does not ask. */
export function judgeCalibration(pair: Pair, { settings, carried, ...options }: CalibrationOptions): readonly Finding[] {
  const { calibration, baseline } = settings.gate;
  if (calibration === undefined || baseline?.calibration === 'skip') return [];
  const { task } = pair.candidate;
  const metric = metricNamed(calibration.metric ?? (task === 'binary' || task === 'multilabel' ? 'brier' : 'log_loss'), settings.evaluate);
  const finding = { kind: 'comparison' as const, name: `calibration.${metric.name}` };
  if (!metric.tasks.includes(task))
    return [{ ...finding, verdict: 'invalid', reason: `${metric.name} is no score of a model of the task ${task}` }];
  if (baseline?.calibration === 'carry') {
    const [own] = measureAll([metric], pair.candidate, options);
    return [{ ...finding, ...compareCarried(own ?? null, { metric, margin: calibration.margin, carried }) }];
  }
  const measured = measurePair(metric, pair, { ...options, margin: calibration.margin });
  if (measured === null)
    return [
      {
        ...finding,
        verdict: 'inconclusive',
        reason: `${metric.name} cannot be computed on the ${rows(pair.candidate.truth.length)} to compare by`,
      },
    ];
  const comparison = judgePair(measured, options);
  const [own, theirs] = [pair.candidate, pair.champion].map((sample) =>
    task === 'binary' ? calibrationError(sample.truth, sample.prediction) : null,
  );
  const told =
    own === null || own === undefined || theirs === null || theirs === undefined
      ? ''
      : `; the calibration error without the bias of few rows is ${root(own)} against ${root(theirs)}`;
  return [
    {
      ...finding,
      verdict: comparison.verdict,
      reason: `${reasonOf(comparison)}${told}`,
      details: { ...comparison, calibrationError: { candidate: own ?? null, champion: theirs ?? null } },
    },
  ];
}

/** In the unit of a probability; what chance made negative is nothing. */
function root(squared: number): string {
  return figure(Math.sqrt(Math.max(0, squared)));
}
