import type { Signature } from '@tidegate/formats';
import type { Reply } from '../http/reply.ts';
import { isTold, readPredictions } from '../model/read-predictions.ts';
import type { Answer } from '../model/tensor.ts';
import { numberText } from '../predict/write-predictions.ts';
import type { RowsMedia } from './media-type.ts';

/** Writes what a model says of each row and nothing else, as the `predict` of scikit-learn gives it: a number, a class, or a list of labels. */
export type ValueWriter = (answer: Answer, media: RowsMedia) => Reply;

export function valueWriter(signature: Signature): ValueWriter {
  const names = signature.classes.map((name) => JSON.stringify(name));
  return (answer, media) => {
    const values = valuesOf(signature, names, answer);
    switch (media) {
      case 'csv':
        return { status: 200, type: 'text/csv; charset=utf-8; header=absent', body: values.map((value) => `${csvCell(value)}\n`).join('') };
      case 'json-lines':
        return { status: 200, type: 'application/jsonlines', body: values.map((value) => `${value}\n`).join('') };
      default:
        return { status: 200, type: 'application/json', body: `{"predictions":[${values.join(',')}]}` };
    }
  };
}

/** As JSON, one a row. */
function valuesOf({ task, ...signature }: Signature, names: readonly string[], answer: Answer): readonly string[] {
  const { values, classes, probabilities } = readPredictions({ task, ...signature }, answer);
  if (task === 'multilabel')
    return values.map((_, row) => `[${names.filter((_name, label) => isTold(probabilities?.[row * names.length + label])).join(',')}]`);
  return values.map((value, row) => (classes === null ? numberText(value) : (names[classes[row] ?? 0] ?? 'null')));
}

/** RFC 4180: quotes around what has a comma, a quote or a line end. A missing number is an empty cell. */
function csvCell(json: string): string {
  const value = JSON.parse(json) as unknown;
  const text = value === null ? '' : typeof value === 'string' ? value : json;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
