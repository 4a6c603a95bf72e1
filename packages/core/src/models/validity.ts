import type { Signature, Verdict } from '@tidegate/formats';
import { rowCount, type Sample } from '@tidegate/runtime';
import { count, percent, rows } from '../evidence/index.ts';
import type { Finding } from './evidence.ts';
import type { RowCounts, ScoredRows } from './scored-rows.ts';

/** Fewer rows, or fewer of either class, and intervals that rest on many rows are not to be trusted. */
export const fewestRows = 30;
export const fewestOfClass = 10;

/** So few clusters show too little of how they differ (Cameron and Miller 2015, Journal of Human Resources 50:317, speak of 20 to 50). */
export const fewestClusters = 20;

/** A larger share of rows without a label makes those that have one a doubtful choice. */
const mostUnlabelled = 0.05;

/** Whether the rows can show anything about a model at all: one finding for each thing that must hold. */
export function judgeValidity(
  { candidate, counts }: ScoredRows,
  { signature, trainedOnKnown }: { readonly signature: Signature; readonly trainedOnKnown: boolean },
): readonly Finding[] {
  return [
    labels(counts, signature),
    predictions(counts),
    ...ids(counts),
    ...weights(counts, candidate),
    trainingRows(counts, trainedOnKnown),
    enough(candidate, signature),
  ].map((finding) => ({ kind: 'validity' as const, ...finding }));
}

type Statement = Omit<Finding, 'kind'>;

function labels({ all, withoutLabel, unknownLabel }: RowCounts, { classes }: Signature): Statement {
  const name = 'validity.labels';
  if (unknownLabel.rows > 0)
    return {
      name,
      verdict: 'invalid',
      reason: `${rows(unknownLabel.rows)} of ${count(all)} have a label that is no class of the model, such as "${unknownLabel.example}"; its classes are ${classes.join(', ')}`,
    };
  if (withoutLabel === 0) return { name, verdict: 'pass', reason: `All ${rows(all)} have a label` };
  const verdict = withoutLabel > mostUnlabelled * all ? 'invalid' : 'pass';
  const end =
    verdict === 'pass'
      ? 'and are left out'
      : `which is more than ${percent(mostUnlabelled)}: those that have one may be a one-sided choice`;
  return { name, verdict, reason: `${rows(withoutLabel)} of ${count(all)} have no label ${end}` };
}

function predictions({ all, withoutPrediction }: RowCounts): Statement {
  const name = 'validity.predictions';
  if (withoutPrediction === 0) return { name, verdict: 'pass', reason: 'The model gives a number for every row' };
  return { name, verdict: 'invalid', reason: `The model gives no number for ${rows(withoutPrediction)} of ${count(all)}` };
}

function ids({ all, repeatedIds }: RowCounts): readonly Statement[] {
  if (repeatedIds === null) return [];
  const name = 'validity.ids';
  if (repeatedIds === 0) return [{ name, verdict: 'pass', reason: `The ids of all ${rows(all)} differ` }];
  return [{ name, verdict: 'invalid', reason: `${rows(repeatedIds)} of ${count(all)} have an id that another row has too` }];
}

function weights({ all, withoutWeight }: RowCounts, { weights: given }: Sample): readonly Statement[] {
  if (given === undefined) return [];
  const name = 'validity.weights';
  if (withoutWeight === 0) return [{ name, verdict: 'pass', reason: 'Every row has a weight' }];
  return [{ name, verdict: 'invalid', reason: `${rows(withoutWeight)} of ${count(all)} have no weight, or a negative one` }];
}

function trainingRows({ all, trainedOn }: RowCounts, isKnown: boolean): Statement {
  const name = 'validity.training-rows';
  if (!isKnown)
    return {
      name,
      verdict: 'inconclusive',
      blocking: false,
      reason: 'Whether the model was trained on some of these rows is not known: its step does not read the training half of this set',
    };
  if (trainedOn === 0) return { name, verdict: 'pass', reason: `The model was trained on none of the ${rows(all)}` };
  return { name, verdict: 'invalid', reason: `The model was trained on ${rows(trainedOn)} of the ${count(all)} it is to be judged by` };
}

function enough(sample: Sample, { classes }: Signature): Statement {
  const name = 'validity.rows';
  const labelled = rowCount(sample);
  const clusters = sample.clusters === undefined ? null : new Set(sample.clusters).size;
  if (clusters !== null && clusters < fewestClusters)
    return {
      name,
      verdict: 'inconclusive',
      reason: `${rows(labelled)} in ${count(clusters)} clusters, at least ${fewestClusters} clusters are needed: only they are independent of each other`,
    };
  if (sample.task === 'binary') {
    const { rarer, missing } = classCounts(sample);
    if (missing !== null)
      return {
        name,
        verdict: 'invalid',
        reason: `No row has the label "${classes[missing]}": with one class alone nothing can be told apart`,
      };
    if (rarer < fewestOfClass)
      return { name, verdict: 'inconclusive', reason: `${rows(rarer)} of the rarer class, at least ${fewestOfClass} are needed` };
  }
  const verdict: Verdict = labelled < fewestRows ? 'inconclusive' : 'pass';
  return { name, verdict, reason: `${rows(labelled)} with a label, at least ${fewestRows} are needed` };
}

/** Rows of the rarer class, and the index of a class that has none. */
export function classCounts({ truth }: Sample): { readonly rarer: number; readonly missing: 0 | 1 | null } {
  const positive = truth.reduce((sum, value) => sum + Number(value === 1), 0);
  const negative = truth.reduce((sum, value) => sum + Number(value === 0), 0);
  return { rarer: Math.min(positive, negative), missing: positive === 0 ? 1 : negative === 0 ? 0 : null };
}
