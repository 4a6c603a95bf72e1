import type { FeatureColumn } from '@tidegate/formats';
import { nameOf } from '../http/json-body.ts';
import type { Mistake } from '../http/mistakes.ts';
import { valueCheck, valueMistake } from '../http/value-check.ts';
import type { BoundColumn } from '../model/bind-inputs.ts';
import { absentMistake, type ColumnSource } from '../predict/feature-cells.ts';
import type { RowField } from '../predict/read-rows.ts';
import type { ChunkRows } from './read-requests.ts';

/** What a row must be to be predicted. */
export interface RowRules {
  readonly fields: readonly RowField[];
  readonly looked: readonly FeatureColumn[];
  readonly columns: readonly BoundColumn[];
  readonly sources: readonly ColumnSource[];
}

/** Finds the rows that the service would refuse, by the same rules. @returns the mistakes of each such row, by its place in the chunk */
export function checkRows(rows: ChunkRows, rules: RowRules): ReadonlyMap<number, readonly Mistake[]> {
  const found = new Map<number, Mistake[]>();
  const add = (place: number, mistake: Mistake): void => {
    const mistakes = found.get(place);
    if (mistakes === undefined) found.set(place, [mistake]);
    else mistakes.push(mistake);
  };
  for (const [place, text] of rows.badMoments.entries()) if (text !== undefined) add(place, badMoment(rows.numbers[place] ?? 0, text));
  for (const [index, field] of rules.fields.entries()) {
    const isRight = valueCheck(field);
    for (const [place, value] of (rows.fields[index] ?? []).entries())
      if (!isRight(value))
        add(place, valueMistake(field, value, { at: field.name, owner: `row ${rows.numbers[place]}`, name: field.name }));
  }
  addAbsent(rows, rules, add);
  return found;
}

function addAbsent(rows: ChunkRows, { columns, sources }: RowRules, add: (place: number, mistake: Mistake) => void): void {
  for (const [at, column] of columns.entries()) {
    const source = sources[at];
    if (column.nullable || source?.from !== 'feature') continue;
    for (const [place, status] of (rows.statuses[source.index] ?? []).entries())
      if (status !== 'PRESENT') add(place, absentMistake(column, rows.numbers[place] ?? 0, status));
  }
}

function badMoment(number: number, text: string | null): Mistake {
  const message = `Cannot use row ${number}: its moment cannot be read: found ${nameOf(text)}`;
  return { at: 'at', code: 'TG-SERVING-TIME', message, hint: 'Give an ISO 8601 time like "2013-09-01T12:00:00Z"' };
}
