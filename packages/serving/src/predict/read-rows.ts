import { failure } from '@tidegate/formats';
import type { Row } from '@tidegate/runtime';
import { isObject, type JsonMembers, nameOf } from '../http/json-body.ts';
import { collectMistakes, type Mistake, type Mistakes, pathOf } from '../http/mistakes.ts';
import { type ValueCheck, valueCheck, valueMistake, type ValueRule } from '../http/value-check.ts';
import type { Value } from '../model/tensor.ts';
import { addFieldMistakes, unknownHint } from './field-mistakes.ts';
import { readTime } from './read-time.ts';

/** A field of a row that a caller sends. */
export interface RowField extends ValueRule {
  readonly name: string;
}

/** The rows of a request, checked. */
export interface RequestRows {
  readonly rows: readonly Row[];
  /** `cells[field][row]`, in the order of the fields. */
  readonly cells: readonly (readonly Value[])[];
  /** The moment the features are looked up for, milliseconds since 1970; null = now. */
  readonly atMs: number | null;
}

/**
 * Reads `{"rows": [{…}], "at"?}`. @throws MistakenRequest with everything that is wrong with it (TG-SERVING-BODY, -FIELD-…, -TYPE,
 * -NULL, -RANGE, -TIME), or TG-SERVING-ROW-LIMIT before any row is looked at
 */
export type RowReader = (body: JsonMembers) => RequestRows;

export function rowReader(fields: readonly RowField[], rowLimit: number): RowReader {
  const checked = fields.map((field) => ({ field, check: valueCheck(field), inherited: field.name in Object.prototype }));
  const names = fields.map((field) => field.name);
  return (body) => {
    const mistakes = collectMistakes();
    addUnknownMembers(body, mistakes);
    const atMs = readTime(body['at'], mistakes);
    const rows = rowsOf(body, rowLimit, mistakes);
    const cells = names.map((): Value[] => []);
    rows.forEach((row, index) => {
      if (isRow(row)) readRow(row, { index, checked, names, cells, mistakes });
      else mistakes.add(() => noObject(row, index));
    });
    mistakes.refuse();
    return { rows: rows.filter(isRow), cells, atMs };
  };
}

interface CheckedField {
  readonly field: RowField;
  readonly check: ValueCheck;
  /** Its name is also one of `Object.prototype`, so that reading it from a row that lacks it finds something. */
  readonly inherited: boolean;
}

interface RowPlace {
  readonly index: number;
  readonly checked: readonly CheckedField[];
  readonly names: readonly string[];
  readonly cells: readonly Value[][];
  readonly mistakes: Mistakes;
}

function readRow(row: Row, { index, checked, names, cells, mistakes }: RowPlace): void {
  let found = 0;
  for (let i = 0; i < checked.length; i++) {
    const item = checked[i];
    const list = cells[i];
    if (item === undefined || list === undefined) continue;
    const { name } = item.field;
    const value = item.inherited && !Object.hasOwn(row, name) ? undefined : row[name];
    if (value === undefined) continue;
    found++;
    if (item.check(value)) list[index] = isValue(value) ? value : null;
    else mistakes.add(() => valueMistake(item.field, value, { at: pathOf(`rows[${index}]`, name), owner: `row ${index}`, name }));
  }
  if (found !== names.length || Object.keys(row).length !== found) addFieldMistakes(row, index, { names, mistakes });
}

/** Its values are checked after it: what holds no cell is a mistake, and no row comes out of a request with one. */
function isRow(row: unknown): row is Row {
  return isObject(row);
}

function isValue(value: unknown): value is Value {
  return typeof value !== 'object';
}

const members = ['rows', 'at'];

function addUnknownMembers(body: JsonMembers, mistakes: Mistakes): void {
  for (const name of Object.keys(body)) {
    if (members.includes(name)) continue;
    const message = `Cannot use the body: there is no member ${JSON.stringify(name.slice(0, 100))}`;
    mistakes.add(() => ({ at: pathOf('', name), code: 'TG-SERVING-FIELD-UNKNOWN', message, hint: unknownHint(name, members) }));
  }
}

function rowsOf(body: JsonMembers, rowLimit: number, mistakes: Mistakes): readonly unknown[] {
  const rows = Object.hasOwn(body, 'rows') ? body['rows'] : undefined;
  const add = (message: string, hint: string): void => mistakes.add(() => ({ at: 'rows', code: 'TG-SERVING-BODY', message, hint }));
  if (!Array.isArray(rows)) {
    add(`Cannot use the body: "rows" must be a list: found ${nameOf(rows)}`, 'Send {"rows": [{…}]}');
    return [];
  }
  if (rows.length === 0) add('Cannot use the body: "rows" is empty', 'Send at least one row');
  if (rows.length > rowLimit) throw tooManyRows(rows.length, rowLimit);
  return rows;
}

function noObject(row: unknown, index: number): Mistake {
  const message = `Cannot use row ${index}: it must be an object, found ${nameOf(row)}`;
  return { at: `rows[${index}]`, code: 'TG-SERVING-BODY', message, hint: 'Send each row as an object of fields' };
}

/** The failure of a request with more rows than the service takes. */
export function tooManyRows(count: number, limit: number): Error {
  return failure(
    'TG-SERVING-ROW-LIMIT',
    `Cannot predict ${count} rows at once: the limit is ${limit}`,
    'Send the rows in several requests',
  );
}
