import { rowCount, type Sample } from '@tidegate/runtime';
import { rowLosses } from '../row-losses.ts';

/** Of numbers one row in ten counts as an error, by the errors of the model that is the measure. */
const counted = 0.1;

/** How wrong each row is, and whether that counts as an error. */
export interface WrongRows {
  /** By row; not a number where there is no prediction. */
  readonly loss: Float64Array;
  readonly isError: (row: number) => boolean;
}

/** The absolute error from which a number counts as wrong: what one row in ten of the model has or more. Null for classes. */
export function errorThreshold(sample: Sample): number | null {
  if (sample.task !== 'regression') return null;
  const sorted = rowLosses(sample).filter(Number.isFinite).sort();
  return sorted[Math.ceil(sorted.length * (1 - counted)) - 1] ?? null;
}

/** @param threshold of {@link errorThreshold}, of either model: both are held against the same */
export function wrongRows(sample: Sample, threshold: number | null): WrongRows {
  const loss = rowLosses(sample);
  return { loss, isError: (row) => Number.isFinite(loss[row]) && isWrong(sample, row, { loss: loss[row] ?? 0, threshold }) };
}

function isWrong(
  { task, truth, prediction, labels = 1 }: Sample,
  row: number,
  { loss, threshold }: { readonly loss: number; readonly threshold: number | null },
): boolean {
  switch (task) {
    case 'regression':
      return threshold !== null && loss > threshold;
    case 'multiclass':
      return truth[row] !== prediction[row];
    case 'binary':
    case 'multilabel': {
      for (let cell = row * labels; cell < (row + 1) * labels; cell++)
        if (Number((prediction[cell] ?? 0) > 0.5) !== truth[cell]) return true;
      return false;
    }
  }
}

/** Rows by their loss, the largest first; of several classes those come first to whose true class the model gave the least. */
export function worstFirst(sample: Sample, loss: Float64Array): readonly number[] {
  const given = (row: number): number => sample.trueProbability?.[row] ?? 0;
  return Array.from({ length: rowCount(sample) }, (_, row) => row)
    .filter((row) => Number.isFinite(loss[row]))
    .sort((a, b) => (loss[b] ?? 0) - (loss[a] ?? 0) || given(a) - given(b) || a - b);
}
