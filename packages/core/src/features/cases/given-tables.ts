import { type DatasetSchema, nearest } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import type { CaseRow, FeatureCase } from './case-file.ts';
import { showDataset } from '../dataset-tables.ts';

/** A mistake in a case, with where below the case it stands. */
export class CaseMistake extends Error {
  readonly at: readonly (string | number)[];
  readonly hint: string | null;

  constructor(at: readonly (string | number)[], message: string, hint: string | null) {
    super(message);
    this.name = 'CaseMistake';
    this.at = at;
    this.hint = hint;
  }
}

/**
 * Makes every dataset hold just the rows that the case gives, with the columns and types of the real one; a column that is not given
 * is NULL, a dataset that is not given is empty.
 *
 * @throws CaseMistake for a dataset, a column or a value that cannot be
 */
export async function fillTables(engine: Engine, datasets: readonly DatasetSchema[], given: FeatureCase['given']): Promise<void> {
  for (const name of Object.keys(given))
    if (!datasets.some((schema) => schema.dataset === name))
      throw unknown(['given', name], 'dataset', { name, names: datasets.map((schema) => schema.dataset) });
  for (const schema of datasets) {
    const table = `data.${quoteName(schema.dataset)}`;
    await engine.run(
      `CREATE OR REPLACE TABLE ${table} (${schema.columns.map((column) => `${quoteName(column.name)} ${column.physicalType}`).join(', ')})`,
    );
    await engine.run(showDataset(schema.dataset, `SELECT * FROM ${table}`));
    for (const [index, row] of (given[schema.dataset] ?? []).entries())
      await insert(engine, schema, { table, row, at: ['given', schema.dataset, index] });
  }
}

interface GivenRow {
  readonly table: string;
  readonly row: CaseRow;
  readonly at: readonly (string | number)[];
}

async function insert(engine: Engine, schema: DatasetSchema, { table, row, at }: GivenRow): Promise<void> {
  const names = schema.columns.map((column) => column.name);
  for (const column of Object.keys(row)) if (!names.includes(column)) throw unknown([...at, column], 'column', { name: column, names });
  const columns = schema.columns.filter((column) => Object.hasOwn(row, column.name));
  if (columns.length === 0) return engine.run(`INSERT INTO ${table} DEFAULT VALUES`);
  const values = columns.map((column) => literal(row[column.name] ?? null, column.physicalType));
  await engine
    .run(`INSERT INTO ${table} (${columns.map((column) => quoteName(column.name)).join(', ')}) VALUES (${values.join(', ')})`)
    .catch((error: unknown) => {
      throw new CaseMistake(
        at,
        `Cannot use the row: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
        'Give values of the types that the dataset has',
      );
    });
}

/** A value of a case as the engine's. */
export function literal(value: CaseRow[string], type: string): string {
  return value === null ? `CAST(NULL AS ${type})` : `CAST(${quoteText(String(value))} AS ${type})`;
}

export function unknown(
  at: readonly (string | number)[],
  what: string,
  { name, names }: { readonly name: string; readonly names: readonly string[] },
): CaseMistake {
  const near = nearest(name, names);
  return new CaseMistake(
    at,
    `Cannot find the ${what} "${name}"`,
    near === null ? `There are: ${names.join(', ')}` : `Did you mean "${near}"?`,
  );
}
