import { failure, type Signature } from '@tidegate/formats';
import { bindInputs, type BoundColumn } from '../model/bind-inputs.ts';
import type { ModelRunner } from '../model/model-runner.ts';
import { isTold, readPredictions } from '../model/read-predictions.ts';
import type { Value } from '../model/tensor.ts';
import type { Rows } from './read-rows.ts';

/** One row of the result: what `score` writes. */
export interface ScoredRow {
  readonly row: number;
  /** A number, for multiclass the name of the class, of several labels those that are told. */
  readonly prediction: number | string | readonly string[];
  /** Of every class or label; null when the model gives none, and for two classes and regression. */
  readonly probabilities: readonly number[] | null;
}

/** Rows predicted in one go: bounds memory, large enough that the cost of a call does not matter. */
const rowsAtOnce = 8_192;

/** Predicts every row, in order. @throws TG-SERVING-SCORE-INPUT for a null where the model takes none, and what the runner throws */
export async function* scoreRows(runner: ModelRunner, signature: Signature, { count, cells }: Rows): AsyncGenerator<ScoredRow> {
  const binding = bindInputs(signature.inputs, runner.inputs);
  binding.columns.forEach((column, index) => refuseNulls(column, cells[index] ?? []));
  for (let from = 0; from < count; from += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, count - from);
    const chunk = cells.map((values) => values.slice(from, from + rows));
    const [answer] = (await runner.run([binding.feed(chunk, rows)])).answers;
    if (answer === undefined) throw new Error('Cannot score: the runner gave no answer; please report this');
    const { values, probabilities } = readPredictions(signature, answer);
    const classes = signature.classes.length;
    for (let row = 0; row < rows; row++) {
      const value = values[row] ?? Number.NaN;
      const own = probabilities?.slice(row * classes, (row + 1) * classes) ?? null;
      yield { row: from + row, ...scoredRow(signature, value, own) };
    }
  }
}

function scoredRow({ task, classes }: Signature, value: number, probabilities: readonly number[] | null): Omit<ScoredRow, 'row'> {
  if (task === 'multiclass') return { prediction: classes[value] ?? '', probabilities };
  if (task === 'multilabel') return { prediction: classes.filter((_, label) => isTold(probabilities?.[label])), probabilities };
  return { prediction: value, probabilities: null };
}

function refuseNulls(column: BoundColumn, values: readonly Value[]): void {
  if (column.nullable) return;
  const row = values.indexOf(null);
  if (row < 0) return;
  const hint = 'Train the model on numbers (float) in this column, where a missing value is NaN';
  throw failure('TG-SERVING-SCORE-INPUT', `Cannot score row ${row}: "${column.name}" is null, and the model takes ${column.kind}`, hint);
}
