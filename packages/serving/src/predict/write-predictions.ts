import type { Signature } from '@tidegate/formats';
import { isTold, readPredictions } from '../model/read-predictions.ts';
import type { Answer } from '../model/tensor.ts';
import type { GatheredCells, ViewAges } from './feature-cells.ts';

/** Writes `{"release", "model", "predictions": [{"id", …}]}`, with a prediction id for each row. Written by hand: the names are known and the numbers are many. */
export type PredictionWriter = (
  answer: Answer,
  about: Pick<GatheredCells, 'absent' | 'ages'> & { readonly ids: readonly string[] },
) => string;

export function predictionWriter(
  signature: Signature,
  { release, model }: { readonly release: string; readonly model: string },
): PredictionWriter {
  const head = `{"release":${JSON.stringify(release)},"model":${JSON.stringify(model)},"predictions":[`;
  const membersOf = memberWriter(signature);
  return (answer, { absent, ages, ids }) => {
    const write = membersOf(answer);
    const writeAges = ages === null ? () => '' : ageWriter(ages);
    let text = head;
    for (let row = 0; row < answer.rows; row++)
      text += `${row === 0 ? '' : ','}{"id":"${ids[row]}",${write(row, absent?.[row])}${writeAges(row)}}`;
    return `${text}]}`;
  };
}

/** Writes `,"ages":{"weather":1800}`: seconds of each view in which the row's entity was found. */
function ageWriter({ views, ms }: ViewAges): (row: number) => string {
  const names = views.map((view) => `${JSON.stringify(view)}:`);
  return (row) => {
    let text = '';
    for (let view = 0; view < names.length; view++) {
      const age = ms[view]?.[row] ?? null;
      // to the millisecond, which is what a moment is given to
      if (age !== null) text += `${text === '' ? '' : ','}${names[view]}${Math.round(age) / 1000}`;
    }
    return text === '' ? '' : `,"ages":{${text}}`;
  };
}

/** Writes what is told of one row of an answer, as the members of a JSON object without its braces: `"prediction":…,"label":…`. */
export type MemberWriter = (answer: Answer) => (row: number, absent: AbsentFeatures | undefined) => string;

/** Features that a row lacks, each with why. */
export type AbsentFeatures = readonly { readonly column: string; readonly status: string }[];

export function memberWriter(signature: Signature): MemberWriter {
  const names = signature.classes.map((name) => JSON.stringify(name));
  return (answer) => {
    const { values, classes, probabilities } = readPredictions(signature, answer);
    if (signature.task === 'multilabel')
      return (row, absent) => {
        const own = probabilities?.slice(row * names.length, (row + 1) * names.length) ?? [];
        const told = names.filter((_, label) => isTold(own[label]));
        return `"prediction":[${told.join(',')}],"probabilities":[${own.map(numberText).join(',')}]${absentText(absent)}`;
      };
    return (row, absent) => {
      const chosen = classes?.[row] ?? 0;
      let text = `"prediction":${signature.task === 'multiclass' ? names[chosen] : numberText(values[row])}`;
      if (classes !== null) text += `,"label":${names[chosen]}`;
      if (probabilities !== null) text += probabilityText(signature, probabilities, { row, chosen });
      return text + absentText(absent);
    };
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

function absentText(absent: AbsentFeatures | undefined): string {
  if (absent === undefined || absent.length === 0) return '';
  return `,"features":{${absent.map(({ column, status }) => `${JSON.stringify(column)}:"${status}"`).join(',')}}`;
}
