import type { FeatureColumn, Signature } from '@tidegate/formats';
import { type Design, type Engine, fitLogistic, fitRidge, type LinearModel, quoteName } from '@tidegate/runtime';
import { truthOf } from '../scored-rows.ts';
import { linearTerms } from './linear-terms.ts';

/** A model that anybody could make, as SQL over a row of a table called `t`. */
export interface Baseline {
  readonly name: 'constant' | 'linear' | 'last-value';
  /** One number for each class or label, for two classes that of the second alone, for regression the value. */
  readonly scores: readonly string[];
}

export interface BaselineRequest {
  readonly signature: Signature;
  readonly label: string;
  /** SELECT of the training rows. */
  readonly training: string;
  /** SQL of what tells a row of `t` apart, which decides about a sample. */
  readonly identity: string;
}

/** Training rows that a linear model is fitted to. */
const mostRows = 20_000;
/** Penalty on squared weights, as scikit-learn's C = 1. */
const penalty = 1;
/** More classes than this have no linear model: it would take long, and a constant one is enough to be held against. */
const mostFitted = 20;

/** The constant and the linear baseline, fitted to the rows that the candidate was trained on; none when no row has a label. */
export async function fitBaselines(
  engine: Engine,
  { signature, label, training, identity }: BaselineRequest,
): Promise<readonly Baseline[]> {
  const sample = `SELECT * FROM (${training}) t WHERE t.${quoteName(label)} IS NOT NULL ORDER BY hash(${identity}), ${identity} LIMIT ${mostRows}`;
  const terms = await linearTerms(engine, usable(signature.inputs), sample);
  const cells = await engine.columns(
    `SELECT ${[...terms.map((term, place) => `${term} AS term${place}`), `${labelSql(signature, label)} AS label`].join(', ')} FROM (${sample}) t`,
  );
  const outcomes = outcomesOf(signature, truthOf(signature, cells['label'] ?? []));
  if (outcomes[0] === undefined || outcomes[0].length === 0) return [];
  const constant: Baseline = { name: 'constant', scores: outcomes.map((outcome) => number(meanOf(outcome))) };
  if (terms.length === 0 || outcomes.length > mostFitted) return [constant];
  const columns = terms.map((_, place) => Float64Array.from(cells[`term${place}`] ?? [], Number));
  const isNumber = signature.task === 'regression';
  return [constant, { name: 'linear', scores: outcomes.map((outcome) => linearSql(terms, { columns, outcome }, isNumber)) }];
}

function usable(inputs: readonly FeatureColumn[]): readonly FeatureColumn[] {
  return inputs.filter(({ name }) => name !== '');
}

function labelSql({ task }: Signature, label: string): string {
  if (task === 'multilabel') return `CAST(t.${quoteName(label)} AS VARCHAR[])`;
  return task === 'regression' ? `CAST(t.${quoteName(label)} AS DOUBLE)` : `CAST(t.${quoteName(label)} AS VARCHAR)`;
}

/** What is to be predicted, as numbers: the label of a regression, 1 and 0 for each class or label, for two classes for the second alone. */
function outcomesOf({ task, classes }: Signature, truth: Float64Array): readonly Float64Array[] {
  if (task === 'regression' || task === 'binary') return [truth.map((value) => (Number.isFinite(value) ? value : 0))];
  const width = task === 'multilabel' ? classes.length : 1;
  return classes.map((_, place) =>
    Float64Array.from({ length: truth.length / width }, (__, row) =>
      width === 1 ? Number(truth[row] === place) : Number(truth[row * width + place] === 1),
    ),
  );
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function linearSql(terms: readonly string[], design: Design, isNumber: boolean): string {
  const model: LinearModel = isNumber ? fitRidge(design, penalty) : fitLogistic(design, penalty);
  const sum = [number(model.intercept), ...terms.map((term, place) => `${number(model.weights[place] ?? 0)} * ${term}`)].join(' + ');
  return isNumber ? sum : `1 / (1 + exp(-(${sum})))`;
}

function number(value: number): string {
  return `CAST(${value} AS DOUBLE)`;
}
