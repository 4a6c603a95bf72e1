import type { ModelFacts } from '@tidegate/core';
import { type Metric, shortDigest } from '@tidegate/formats';
import { modelEvidence } from '../model-evidence/model-evidence.ts';
import { bytes, measured, moment, whole } from '../render/figures.ts';

/** A part of a card: what is said of the model, each with its value; null is what nothing in evidence says. */
export interface CardSection {
  readonly title: string;
  readonly rows: readonly (readonly [string, string | null])[];
}

/**
 * What a model card says besides its figures (the sections are those of Mitchell et al., "Model Cards for Model Reporting", FAT* 2019), out of
 * records alone. What somebody would have to write is unknown, and stands there as that.
 */
export function cardSections(facts: ModelFacts): readonly CardSection[] {
  return [
    detailsOf(facts),
    inputsOf(facts),
    intendedUse,
    trainingOf(facts),
    evaluatedOn(facts),
    verdictsOf(facts),
    fairness(facts),
    safetyOf(facts),
    livesOf(facts),
  ];
}

function detailsOf({ model, version, project, madeAt, run, record, code }: ModelFacts): CardSection {
  return {
    title: 'Model',
    rows: [
      ['name', model],
      ['version', version],
      ['project', project],
      ['made', `${moment(madeAt)}, in run ${run}`],
      [
        'commit',
        code?.commit == null
          ? null
          : `${code.commit}${code.dirty ? ', with uncommitted changes' : ''}${code.subject === null ? '' : ` (${code.subject})`}`,
      ],
      ['file', `${record.file}, ${bytes(record.bytes)}, run as ${record.flavor}`],
      ['task', record.signature.task],
      ['licence', null],
      ['contact', null],
    ],
  };
}

function inputsOf({ record: { signature } }: ModelFacts): CardSection {
  const classes = `${signature.task === 'multilabel' ? 'any' : 'one'} of ${signature.classes.join(', ')}, with probabilities`;
  const outputs = signature.task === 'regression' ? 'a number' : classes;
  return { title: 'Inputs and output', rows: [...signature.inputs.map(({ name, type }) => [name, type] as const), ['output', outputs]] };
}

const intendedUse: CardSection = {
  title: 'Intended use',
  rows: [
    ['intended use', null],
    ['uses out of scope', null],
  ],
};

function trainingOf({ trainedBy, datasets, record }: ModelFacts): CardSection {
  const environment = trainedBy === null ? [] : Object.entries(trainedBy.environment).filter(([, value]) => typeof value === 'string');
  const data = (datasets ?? []).map(
    ({ name, version, rows }) =>
      [`data.${name}`, `version ${shortDigest(version)}, ${rows === null ? 'rows unknown' : `${whole(rows)} rows`}`] as const,
  );
  return {
    title: 'Training',
    rows: [
      ['command', trainedBy?.command ?? null],
      ...(data.length > 0 ? data : [['data', null] as const]),
      ['training rows', record.trainedOn === null ? null : `digest ${shortDigest(record.trainedOn)}`],
      ...Object.entries(trainedBy?.files ?? {}).map(([path, digest]) => [path, `digest ${shortDigest(digest)}`] as const),
      ...Object.entries(trainedBy?.variables ?? {}).map(([name, value]) => [name, value] as const),
      ...(environment.length > 0 ? environment.map(([name, value]) => [name, String(value)] as const) : [['environment', null] as const]),
    ],
  };
}

function evaluatedOn({ evaluation }: ModelFacts): CardSection {
  return {
    title: 'Evaluation',
    rows: [
      ['test rows', evaluation === null ? null : `${whole(evaluation.rows)}, digest ${shortDigest(evaluation.testSet)}`],
      ['verdict of the gate', evaluation?.verdict ?? null],
      ['compared with', comparedWith(evaluation)],
    ],
  };
}

function comparedWith(evaluation: ModelFacts['evaluation']): string | null {
  if (evaluation === null) return null;
  const { champion } = evaluation;
  return champion === null ? 'nothing: no champion was live' : `version ${shortDigest(champion.modelVersion)}, on the same rows`;
}

/** Whether the comparison holds, limits, the champion, smoke tests; what else was judged has a section of its own. */
function verdictsOf({ evidence }: ModelFacts): CardSection {
  const { validity, gate, smoke, tests } = modelEvidence(evidence);
  const judged = [...gate, ...validity, ...smoke, ...tests];
  return {
    title: 'What the gate found',
    rows: judged.length === 0 ? [['verdicts', null]] : judged.map(({ name, verdict, reason }) => [name, `${verdict}: ${reason}`]),
  };
}

/** Slices are groups only where somebody says so; without any there is nothing to say. */
function fairness({ evaluation }: ModelFacts): CardSection {
  const columns = [...new Set((evaluation?.slices ?? []).map(({ column }) => column))];
  return {
    title: 'Groups and fairness',
    rows: [
      ['measured by', columns.length === 0 ? null : columns.join(', ')],
      ['ethical considerations', null],
      ['known limits', null],
    ],
  };
}

function safetyOf({ evidence, record }: ModelFacts): CardSection {
  const found = evidence.find(({ kind }) => kind === 'safety');
  const words = found === undefined ? null : `${found.verdict}: ${found.reason}`;
  return { title: 'Safety of the file', rows: [['scan', record.flavor === 'function' ? 'none: it is code of the project' : words]] };
}

function livesOf({ live }: ModelFacts): CardSection {
  const rows = live.map(
    ({ environment, service, since, until }) =>
      [`${service} in ${environment}`, `${moment(since)} to ${until === null ? 'now' : moment(until)}`] as const,
  );
  return { title: 'Where it was live', rows: rows.length === 0 ? [['deployments', 'none']] : rows };
}

/** `0.744 (0.731 to 0.757 at 95 %)` */
export function metricWords({ value, low, high, confidence }: Metric): string {
  return low === null || high === null
    ? `${measured(value)} (no interval)`
    : `${measured(value)} (${measured(low)} to ${measured(high)} at ${Math.round(confidence * 100)} %)`;
}
