import { failure, type Signature } from '@tidegate/formats';
import type { Answer, OutputValues, TensorKind } from './tensor.ts';

/** What a model says about some rows, whatever its outputs are called. */
export interface Predictions {
  /** Regression: the value. Binary: probability of the second class. Multiclass: index of the predicted class. Several labels: how many are more likely than not. */
  readonly values: readonly number[];
  /** Index of the class the model itself chooses, for each row; null for regression and several labels. */
  readonly classes: readonly number[] | null;
  /** Probabilities of all classes or labels row after row; null for regression, and for a classifier that gives none. */
  readonly probabilities: readonly number[] | null;
}

/**
 * Reads the answer of a model by the task of its signature. A classifier without probabilities is sure of its label: 0 or 1.
 * @throws TG-SERVING-MODEL-OUTPUTS when the outputs do not fit the task.
 */
export function readPredictions({ task, classes }: Signature, answer: Answer): Predictions {
  if (task === 'regression') return { values: regressionValues(answer), classes: null, probabilities: null };
  if (task === 'multilabel') return labelPredictions(answer, classes.length);
  const probabilities = readProbabilities(answer, classes.length);
  const chosen = readLabels(answer, classes) ?? mostProbable(probabilities, answer.rows, classes.length);
  if (task === 'multiclass') return { values: chosen, classes: chosen, probabilities };
  const values = probabilities === null ? chosen : chosen.map((_, row) => probabilities[row * 2 + 1] ?? Number.NaN);
  return { values, classes: chosen, probabilities };
}

/** Whether a label is told of a row: it is more likely than not. */
export function isTold(probability: number | undefined): boolean {
  return probability !== undefined && probability > 0.5;
}

/** A model without probabilities is sure of its labels, given as 0 and 1. */
function labelPredictions(answer: Answer, count: number): Predictions {
  const found =
    answer.outputs.find((output) => isFloat(output.kind) && output.width === count) ??
    answer.outputs.find((output) => output.kind !== 'string' && output.width === count);
  if (found === undefined) throw unfit(answer, `${count} probabilities a row, one for each label`);
  const probabilities = Array.from({ length: answer.rows * count }, (_, index) => Number(found.data[answer.from * count + index]));
  const values = Array.from({ length: answer.rows }, (_, row) => probabilities.slice(row * count, (row + 1) * count).filter(isTold).length);
  return { values, classes: null, probabilities };
}

function regressionValues(answer: Answer): readonly number[] {
  const numbers = answer.outputs.filter((output) => output.kind !== 'string' && output.width === 1);
  const output = numbers.find((candidate) => isFloat(candidate.kind)) ?? numbers[0];
  if (output === undefined) throw unfit(answer, 'one number a row');
  return Array.from({ length: answer.rows }, (_, row) => Number(output.data[answer.from + row]));
}

function readProbabilities(answer: Answer, count: number): readonly number[] | null {
  const floats = answer.outputs.filter((output) => isFloat(output.kind));
  const all = floats.find((output) => output.width === count);
  if (all !== undefined) return Array.from({ length: answer.rows * count }, (_, index) => Number(all.data[answer.from * count + index]));
  const second = floats.find((output) => output.width === 1 && count === 2);
  if (second !== undefined)
    return Array.from({ length: answer.rows }, (_, row) => Number(second.data[answer.from + row])).flatMap((p) => [1 - p, p]);
  if (floats.length > 0) throw unfit(answer, `${count} probabilities a row`);
  return null;
}

function readLabels(answer: Answer, classes: readonly string[]): readonly number[] | null {
  const output = answer.outputs.find((candidate) => !isFloat(candidate.kind) && candidate.width === 1);
  if (output === undefined) return null;
  return Array.from({ length: answer.rows }, (_, row) => classOf(output, answer.from + row, classes));
}

/** The class of that name, or, of a model that knows its classes as 0, 1, 2 …, of that index. */
function classOf(output: OutputValues, at: number, classes: readonly string[]): number {
  const label = String(output.data[at]);
  const named = classes.indexOf(label);
  if (named >= 0) return named;
  const index = output.kind === 'string' ? Number.NaN : Number(label);
  if (index >= 0 && index < classes.length) return index;
  const list = classes.map((name) => `"${name}"`).join(', ');
  throw failure(
    'TG-SERVING-MODEL-OUTPUTS',
    `Cannot read the answer of the model: its label "${label}" is none of the classes ${list}`,
    'Train it on the label of the signature',
  );
}

function mostProbable(probabilities: readonly number[] | null, rows: number, count: number): readonly number[] {
  if (probabilities === null)
    throw failure(
      'TG-SERVING-MODEL-OUTPUTS',
      'Cannot read the answer of the model: it gives neither labels nor probabilities',
      'Check the task of the signature',
    );
  return Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let index = 1; index < count; index++)
      if ((probabilities[row * count + index] ?? 0) > (probabilities[row * count + best] ?? 0)) best = index;
    return best;
  });
}

function isFloat(kind: TensorKind): boolean {
  return kind === 'float32' || kind === 'float64';
}

function unfit(answer: Answer, wanted: string): Error {
  const found = answer.outputs
    .map((output) => `"${output.name}" ${output.kind} [N${output.shape.map((size) => `, ${size}`).join('')}]`)
    .join(', ');
  return failure(
    'TG-SERVING-MODEL-OUTPUTS',
    `Cannot read the answer of the model: the task needs ${wanted}, found ${found}`,
    'Check the task and the classes of the signature',
  );
}
