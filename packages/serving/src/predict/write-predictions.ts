import type { Signature } from '@tidegate/formats';
import { readPredictions } from '../model/read-predictions.ts';
import type { Answer } from '../model/tensor.ts';
import type { GatheredCells } from './feature-cells.ts';

/** Writes `{"release", "model", "predictions": [{"id", …}]}`, with a prediction id for each row. Written by hand: the names are known and the numbers are many. */
export type PredictionWriter = (
  answer: Answer,
  about: { readonly absent: GatheredCells['absent']; readonly ids: readonly string[] },
) => string;

export function predictionWriter(
  signature: Signature,
  { release, model }: { readonly release: string; readonly model: string },
): PredictionWriter {
  const head = `{"release":${JSON.stringify(release)},"model":${JSON.stringify(model)},"predictions":[`;
  const names = signature.classes.map((name) => JSON.stringify(name));
  return (answer, { absent, ids }) => {
    const { values, classes, probabilities } = readPredictions(signature, answer);
    let text = head;
    for (let row = 0; row < answer.rows; row++) {
      const chosen = classes?.[row] ?? 0;
      text += `${row === 0 ? '' : ','}{"id":"${ids[row]}","prediction":`;
      text += signature.task === 'multiclass' ? names[chosen] : numberText(values[row]);
      if (classes !== null) text += `,"label":${names[chosen]}`;
      if (probabilities !== null) text += probabilityText(signature, probabilities, { row, chosen });
      text += `${absentText(absent?.[row])}}`;
    }
    return `${text}]}`;
  };
}

/** JSON has neither NaN nor infinities: null. */
export function numberText(value: number | undefined): string {
  return value !== undefined && Number.isFinite(value) ? String(value) : 'null';
}

function probabilityText(
  { task, classes }: Signature,
  probabilities: readonly number[],
  { row, chosen }: { readonly row: number; readonly chosen: number },
): string {
  const at = row * classes.length;
  const own = `,"probability":${numberText(probabilities[at + chosen])}`;
  if (task === 'binary') return own;
  return `${own},"probabilities":[${probabilities
    .slice(at, at + classes.length)
    .map(numberText)
    .join(',')}]`;
}

function absentText(absent: readonly { readonly column: string; readonly status: string }[] | undefined): string {
  if (absent === undefined || absent.length === 0) return '';
  return `,"features":{${absent.map(({ column, status }) => `${JSON.stringify(column)}:"${status}"`).join(',')}}`;
}
