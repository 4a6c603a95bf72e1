import { failure, nearest } from '@tidegate/formats';
import type { Row } from '@tidegate/runtime';
import { isObject, type JsonMembers, nameOf } from '../http/json-body.ts';
import { type ValueCheck, valueCheck, valueFailure, type ValueRule } from '../http/value-check.ts';
import type { Value } from '../model/tensor.ts';

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

/** Reads `{"rows": [{…}], "at"?}`. Throws for the first thing that is wrong with it (TG-SERVING-BODY, -ROW-LIMIT, -FIELD-…, -TYPE, -NULL, -RANGE, -TIME). */
export type RowReader = (body: JsonMembers) => RequestRows;

export function rowReader(fields: readonly RowField[], rowLimit: number): RowReader {
  const checked = fields.map((field) => ({ field, check: valueCheck(field), inherited: field.name in Object.prototype }));
  const names = fields.map((field) => field.name);
  return (body) => {
    const rows = rowsOf(body, rowLimit);
    const cells = names.map((): Value[] => []);
    rows.forEach((row, index) => readRow(row, { index, checked, names, cells }));
    return { rows, cells, atMs: timeOf(body) };
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
}

function readRow(row: Row, { index, checked, names, cells }: RowPlace): void {
  for (let i = 0; i < checked.length; i++) {
    const item = checked[i];
    const list = cells[i];
    if (item === undefined || list === undefined) continue;
    const { name } = item.field;
    const value = item.inherited && !Object.hasOwn(row, name) ? undefined : row[name];
    if (value === undefined) throw missingField(row, index, { name, names });
    if (!item.check(value)) throw valueFailure(item.field, value, { place: `row ${index}`, name });
    list[index] = isValue(value) ? value : null;
  }
  if (Object.keys(row).length !== names.length) throw unknownField(row, index, names);
}

function isValue(value: unknown): value is Value {
  return typeof value !== 'object';
}

function missingField(row: Row, index: number, { name, names }: { readonly name: string; readonly names: readonly string[] }): Error {
  const stranger = nearest(
    name,
    Object.keys(row).filter((key) => !names.includes(key)),
  );
  const hint = stranger === null ? `Send "${name}", or null when it is not known` : `Rename "${stranger}" to "${name}"`;
  return failure('TG-SERVING-FIELD-MISSING', `Cannot use row ${index}: the field "${name}" is missing`, hint);
}

function unknownField(row: Row, index: number, names: readonly string[]): Error {
  const key = Object.keys(row).find((candidate) => !names.includes(candidate)) ?? '';
  return failure(
    'TG-SERVING-FIELD-UNKNOWN',
    `Cannot use row ${index}: there is no field ${JSON.stringify(key.slice(0, 100))}`,
    unknownHint(key, names),
  );
}

function unknownHint(key: string, names: readonly string[]): string {
  const near = nearest(key, names);
  return near === null ? `Remove it; the fields are ${names.join(', ')}` : `Did you mean "${near}"?`;
}

const members = ['rows', 'at'];

function rowsOf(body: JsonMembers, rowLimit: number): readonly Row[] {
  const stranger = Object.keys(body).find((key) => !members.includes(key));
  if (stranger !== undefined)
    throw failure(
      'TG-SERVING-FIELD-UNKNOWN',
      `Cannot use the body: there is no member ${JSON.stringify(stranger.slice(0, 100))}`,
      unknownHint(stranger, members),
    );
  const rows = Object.hasOwn(body, 'rows') ? body['rows'] : undefined;
  if (!Array.isArray(rows))
    throw failure('TG-SERVING-BODY', `Cannot use the body: "rows" must be a list: found ${nameOf(rows)}`, 'Send {"rows": [{…}]}');
  if (rows.length === 0) throw failure('TG-SERVING-BODY', 'Cannot use the body: "rows" is empty', 'Send at least one row');
  if (rows.length > rowLimit) throw tooManyRows(rows.length, rowLimit);
  rows.forEach((row: unknown, index) => {
    if (!isObject(row))
      throw failure(
        'TG-SERVING-BODY',
        `Cannot use row ${index}: it must be an object, found ${nameOf(row)}`,
        'Send each row as an object of fields',
      );
  });
  return rows;
}

/** The failure of a request with more rows than the service takes. */
export function tooManyRows(count: number, limit: number): Error {
  return failure(
    'TG-SERVING-ROW-LIMIT',
    `Cannot predict ${count} rows at once: the limit is ${limit}`,
    'Send the rows in several requests',
  );
}

const timeForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

function timeOf(body: JsonMembers): number | null {
  const at = body['at'];
  if (at === undefined || at === null) return null;
  const time = typeof at === 'string' && timeForm.test(at) ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(time))
    throw failure(
      'TG-SERVING-TIME',
      `Cannot read "at": found ${nameOf(at)}`,
      'Send an ISO 8601 time with an offset, like "2013-09-01T12:00:00Z"',
    );
  return time;
}
