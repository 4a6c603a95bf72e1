import { failure, type FeatureColumn, nearest } from '@tidegate/formats';
import { quoteName } from '@tidegate/runtime';
import { fromText, isMissing, textTypeOf } from '../data/index.ts';
import { type InputColumn, rowNumber, type ScoreInput } from './input/score-input.ts';

/** From where the moment of each row comes. */
export type MomentSource =
  /** One for all rows, milliseconds since 1970. */
  { readonly kind: 'given'; readonly atMs: number } | { readonly kind: 'column'; readonly column: InputColumn };

export interface RequestColumns {
  readonly fields: readonly FeatureColumn[];
  /** Null where no features are looked up. */
  readonly moment: MomentSource | null;
}

/**
 * SQL over a part that gives the rows as a model's process reads them: docs/reference/formats/score-job.md.
 * @throws TG-SCORE-COLUMN when the input lacks a field
 */
export function requestQuery({ columns, isText }: Pick<ScoreInput, 'columns' | 'isText'>, { fields, moment }: RequestColumns): string {
  requireFields(columns, fields);
  const cells = fields.flatMap((field, index) => {
    const column = columns.find(({ name }) => name === field.name) ?? { name: field.name, type: 'VARCHAR' };
    return isText ? textField(field, index) : [`${plainValue(column)} AS field_${index}`];
  });
  return [quoteName(rowNumber) + ' AS row', ...momentColumns(moment), ...cells].join(', ');
}

function requireFields(columns: readonly InputColumn[], fields: readonly FeatureColumn[]): void {
  const names = columns.map(({ name }) => name);
  const missing = fields.filter(({ name }) => !names.includes(name));
  const [first] = missing;
  if (first === undefined) return;
  const near = nearest(first.name, names);
  throw failure(
    'TG-SCORE-COLUMN',
    `Cannot score the rows: they have no column ${missing.map(({ name }) => `"${name}"`).join(', ')}`,
    near === null ? `A row has these columns: ${fields.map(({ name }) => name).join(', ')}` : `Did you mean "${near}"?`,
  );
}

/** Numbers and truth values as data sets have them in CSV files; a text that is none stays one, for it is a mistake to be told. */
function textField({ name, type }: FeatureColumn, index: number): readonly string[] {
  const cell = quoteName(name);
  if (type !== 'number' && type !== 'integer' && type !== 'boolean') return [`${cell} AS field_${index}`];
  const value = fromText(cell, textTypeOf(type));
  return [`${value} AS field_${index}`, `CASE WHEN NOT ${isMissing(cell)} AND ${value} IS NULL THEN ${cell} END AS text_${index}`];
}

/** As JSON would carry it: a number, a truth value or a text. */
function plainValue({ name, type }: InputColumn): string {
  const cell = quoteName(name);
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$|^(DOUBLE|BOOLEAN|DATE|VARCHAR)$|^TIMESTAMP/.test(type)) return cell;
  return /^(FLOAT|DECIMAL.*)$/.test(type) ? `CAST(${cell} AS DOUBLE)` : `CAST(${cell} AS VARCHAR)`;
}

function momentColumns(moment: MomentSource | null): readonly string[] {
  if (moment === null) return [];
  if (moment.kind === 'given')
    return [`make_timestamp(${Math.round(moment.atMs * 1000)}) AS moment`, 'true AS has_moment', 'NULL::VARCHAR AS moment_text'];
  const cell = quoteName(moment.column.name);
  const time = moment.column.type === 'VARCHAR' ? fromText(cell, 'TIMESTAMP') : `CAST(${cell} AS TIMESTAMP)`;
  const finite = `CASE WHEN isfinite(${time}) THEN ${time} END`;
  return [`${finite} AS moment`, `coalesce(isfinite(${time}), false) AS has_moment`, `CAST(${cell} AS VARCHAR) AS moment_text`];
}

/** SQL over the columns of {@link requestQuery} for the keys of a look-up, by name. */
export function keyColumns(fields: readonly FeatureColumn[], keys: readonly FeatureColumn[]): { readonly [key: string]: string } {
  return Object.fromEntries(
    keys.map(({ name, type }) => {
      const index = fields.findIndex((field) => field.name === name);
      return [name, `TRY_CAST(field_${index} AS ${keyTypes[type] ?? 'VARCHAR'})`];
    }),
  );
}

const keyTypes: { readonly [type: string]: string } = { integer: 'BIGINT', boolean: 'BOOLEAN', date: 'DATE' };

/** The column of an input with the moments of its rows. @throws TG-SCORE-COLUMN when its type says no time */
export function momentColumn(columns: readonly InputColumn[], name: string): InputColumn | null {
  const column = columns.find((candidate) => candidate.name === name);
  if (column === undefined) return null;
  if (/^(VARCHAR|DATE)$|^TIMESTAMP/.test(column.type)) return column;
  throw failure(
    'TG-SCORE-COLUMN',
    `Cannot take "${name}" as the moment of each row: its type is ${column.type}`,
    'Write it as a timestamp, or give one moment for all rows: "--as-of 2013-09-01T00:00:00Z"',
  );
}
