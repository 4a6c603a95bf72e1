import type { LoggedColumn, LoggedPrediction, LoggedValue, Signature } from '@tidegate/formats';
import type { Row } from '@tidegate/runtime';
import { readPredictions } from '../model/read-predictions.ts';
import type { Answer, Value } from '../model/tensor.ts';
import type { GatheredCells } from '../predict/feature-cells.ts';
import type { HideValue } from './hide-personal.ts';
import type { KeySample } from './key-sample.ts';

/** A request that was answered: references to what it was answered with. */
export interface RequestToLog {
  /** A prediction id for each row. */
  readonly ids: readonly string[];
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly answeredMs: number;
  readonly rows: readonly Row[];
  /** `cells[column][row]`, in the order of the signature. */
  readonly cells: readonly (readonly Value[])[];
  readonly absent: GatheredCells['absent'];
  readonly answer: Answer;
}

/** The rows of a request that are in the sample, each a line of JSON without its end. */
export type LinesOf = (request: RequestToLog) => readonly string[];

export interface LineParts {
  readonly signature: Signature;
  readonly fields: readonly LoggedColumn[];
  readonly inputs: readonly LoggedColumn[];
  readonly hide: HideValue;
  readonly inSample: KeySample;
}

export function linesOf({ signature, fields, inputs, hide, inSample }: LineParts): LinesOf {
  const shown = ({ hidden }: LoggedColumn, value: LoggedValue): LoggedValue => (hidden ? hide(value) : value);
  return ({ ids, atMs, answeredMs, rows, cells, absent, answer }) => {
    const { values, classes, probabilities } = readPredictions(signature, answer);
    const width = signature.classes.length;
    return ids.flatMap((id, row): readonly string[] => {
      const sent = rows[row] ?? {};
      if (!inSample(sent, id)) return [];
      const missing = absent?.[row] ?? [];
      const value = values[row];
      const line: LoggedPrediction = {
        id,
        answered: answeredMs,
        at: atMs,
        fields: Object.fromEntries(fields.map((column) => [column.name, shown(column, scalar(sent[column.name]))])),
        inputs: Object.fromEntries(inputs.map((column, index) => [column.name, shown(column, cells[index]?.[row] ?? null)])),
        ...(missing.length > 0 && { absent: Object.fromEntries(missing.map(({ column, status }) => [column, status])) }),
        prediction: signature.task === 'multiclass' || value === undefined || !Number.isFinite(value) ? null : value,
        label: classes === null ? null : (signature.classes[classes[row] ?? 0] ?? null),
        ...(probabilities !== null && { probabilities: probabilities.slice(row * width, (row + 1) * width).map(finite) }),
      };
      return [JSON.stringify(line)];
    });
  };
}

function scalar(value: Row[string] | undefined): LoggedValue {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
