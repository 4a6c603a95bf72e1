import { failure, type FeatureColumn, type FeatureServiceSpec } from '@tidegate/formats';
import {
  type Cell,
  type FeatureLookUp,
  type FeatureReader,
  type FeatureStatus,
  featureReader,
  type OnlineStore,
  type Row,
} from '@tidegate/runtime';
import { collectMistakes, type Mistake, type Mistakes } from '../http/mistakes.ts';
import { type BoundColumn, fits } from '../model/bind-inputs.ts';
import type { Value } from '../model/tensor.ts';
import type { RequestRows, RowField } from './read-rows.ts';

/** The model's columns for some rows, and what is to be said about features that were not there. */
export interface GatheredCells {
  /** `cells[column][row]`, in the order of the signature. */
  readonly cells: readonly (readonly Value[])[];
  /** For each row the columns that are not `PRESENT`; null when all of all rows are, or nothing is looked up. */
  readonly absent: readonly (readonly { readonly column: string; readonly status: FeatureStatus }[])[] | null;
  /** How old what was found is, view by view; null when nothing is looked up. */
  readonly ages: ViewAges | null;
  /** Look-ups by status, for metrics. */
  readonly counts: ReadonlyMap<FeatureStatus, number>;
}

export interface ViewAges {
  readonly views: readonly string[];
  /** `ms[view][row]`: from the event to the moment asked for; null when the entity was not found. */
  readonly ms: readonly (readonly (number | null)[])[];
}

/** Turns the fields that a caller sends into the columns of the model. @throws MistakenRequest (TG-SERVING-NULL), TG-SERVING-FEATURES */
export type CellGatherer = (request: RequestRows, nowMs: number) => Promise<GatheredCells>;

const none: ReadonlyMap<FeatureStatus, number> = new Map();

/**
 * What a caller sends: the inputs of the model, or with a feature service its request fields and entity keys.
 * @throws TG-SERVING-MODEL-INPUTS when a field is not what the model takes in the column of its name
 */
export function fieldsOf(columns: readonly BoundColumn[], features: FeatureServiceSpec | null): readonly RowField[] {
  if (features === null) return columns;
  const keys = features.keys.filter((key) => !features.request.some((field) => field.name === key.name));
  return [...features.request, ...keys].map((field) => {
    const column = columns.find((candidate) => candidate.name === field.name);
    if (column === undefined) return { ...field, kind: null, nullable: true };
    requireFit(field, column);
    return { ...field, kind: column.kind, nullable: column.nullable };
  });
}

function requireFit({ name, type }: FeatureColumn, { kind }: BoundColumn): void {
  if (fits(type, kind)) return;
  const message = `Cannot serve the model: its input "${name}" is of type ${kind}, the feature service has it as ${type}`;
  throw failure('TG-SERVING-MODEL-INPUTS', message, 'Train the model on the columns of the feature service');
}

/** Where the values of a column of the model come from: the field or the feature of this index. */
export type ColumnSource = { readonly from: 'field' | 'feature'; readonly index: number };

/**
 * Finds where each column comes from. Without a feature service the fields are the columns.
 * @param looked the features that are looked up, in order
 * @throws TG-SERVING-MODEL-INPUTS when a column is neither, or the model takes another type of it
 */
export function columnSources(
  columns: readonly BoundColumn[],
  fields: readonly RowField[],
  looked: readonly FeatureColumn[],
): readonly ColumnSource[] {
  return columns.map((column) => {
    const field = fields.findIndex(({ name }) => name === column.name);
    return field >= 0 ? { from: 'field', index: field } : { from: 'feature', index: lookedUp(column, looked) };
  });
}

/** The columns of a request's rows, those that are no field looked up in the store. */
export function cellGatherer(
  columns: readonly BoundColumn[],
  fields: readonly RowField[],
  look: { readonly store: OnlineStore; readonly features: FeatureServiceSpec } | null,
): CellGatherer {
  const reader = look === null ? null : featureReader(look.store, look.features);
  const sources = columnSources(columns, fields, reader?.columns ?? []);
  if (reader === null)
    return async ({ cells }) => ({ cells: sources.map(({ index }) => cells[index] ?? []), absent: null, ages: null, counts: none });
  return async (request, nowMs) => {
    const found = await lookUp(reader, request.rows, request.atMs ?? nowMs);
    const mistakes = collectMistakes();
    const cells = columns.map((column, at) => {
      const { from, index } = sources[at] ?? { from: 'field', index: -1 };
      return from === 'field' ? (request.cells[index] ?? []) : valuesOf(column, found, { index, mistakes });
    });
    mistakes.refuse();
    return { cells, ages: { views: reader.views, ms: found.agesMs }, ...absences(reader, found, request.rows.length) };
  };
}

function lookedUp(column: BoundColumn, looked: readonly FeatureColumn[]): number {
  const index = looked.findIndex((candidate) => candidate.name === column.name);
  const found = looked[index];
  if (found !== undefined) {
    requireFit(found, column);
    return index;
  }
  const message = `Cannot serve the model: its column "${column.name}" is neither sent by a caller nor a feature of the service`;
  throw failure('TG-SERVING-MODEL-INPUTS', message, 'Train the model on the columns of the feature service');
}

async function lookUp(reader: FeatureReader, rows: readonly Row[], atMs: number): Promise<FeatureLookUp> {
  try {
    return await reader.lookUp(
      rows,
      rows.map(() => atMs),
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'TidegateError') throw error;
    const found = error instanceof Error ? error.message : String(error);
    throw failure('TG-SERVING-FEATURES', `Cannot look up features: ${found}`, 'Run "tidegate features materialise"', error);
  }
}

function valuesOf(
  column: BoundColumn,
  found: FeatureLookUp,
  { index, mistakes }: { readonly index: number; readonly mistakes: Mistakes },
): readonly Value[] {
  const values = (found.values[index] ?? []).map(valueOf);
  if (column.nullable) return values;
  for (const [row, value] of values.entries())
    if (value === null) mistakes.add(() => absentMistake(column, row, found.statuses[index]?.[row] ?? 'NOT_FOUND'));
  return values;
}

/** The mistake of a row that lacks a feature of which the model cannot do without. */
export function absentMistake({ name, kind }: BoundColumn, row: number, status: FeatureStatus): Mistake {
  const message = `Cannot use row ${row}: the feature "${name}" is ${status}, and the model takes ${kind}`;
  const hint = 'Train the model on numbers (float) in this column, where a missing value is NaN';
  return { at: `rows[${row}]`, code: 'TG-SERVING-NULL', message, hint };
}

function valueOf(cell: Cell): Value {
  return typeof cell === 'object' && cell !== null ? JSON.stringify(cell) : cell;
}

function absences(reader: FeatureReader, found: FeatureLookUp, rows: number): Pick<GatheredCells, 'absent' | 'counts'> {
  const counts = new Map<FeatureStatus, number>();
  const absent: { column: string; status: FeatureStatus }[][] = Array.from({ length: rows }, () => []);
  let someAbsent = false;
  for (const [index, { name }] of reader.columns.entries()) {
    for (const [row, status] of (found.statuses[index] ?? []).entries()) {
      counts.set(status, (counts.get(status) ?? 0) + 1);
      if (status === 'PRESENT') continue;
      someAbsent = true;
      absent[row]?.push({ column: name, status });
    }
  }
  return { absent: someAbsent ? absent : null, counts };
}
