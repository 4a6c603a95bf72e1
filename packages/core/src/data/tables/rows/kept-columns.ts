import type { TableColumn } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';

/** A column as a Parquet file can hold it without loss, and the SQL that makes it so. */
export interface KeptColumn extends TableColumn {
  readonly value: string;
}

/** What types of the engine become that have none of their own in a Parquet file, or one that loses something. */
const kept: Readonly<Record<string, string>> = {
  HUGEINT: 'DECIMAL(38,0)',
  UHUGEINT: 'DECIMAL(38,0)',
  BIGNUM: 'VARCHAR',
  BIT: 'VARCHAR',
  INTERVAL: 'VARCHAR',
  TIMESTAMP_S: 'TIMESTAMP',
  TIMESTAMP_MS: 'TIMESTAMP',
  '"NULL"': 'INTEGER',
};

/** The columns of a query as a table keeps them. */
export async function keptColumns(engine: Engine, rows: string): Promise<readonly KeptColumn[]> {
  return (await engine.describe(rows)).map(({ name, type }) => {
    const stored = kept[type] ?? (type.startsWith('ENUM(') ? 'VARCHAR' : type.replace(/\[\d+\]$/, '[]'));
    const column = quoteName(name);
    return { name, type: stored, value: stored === type ? column : `CAST(${column} AS ${stored}) AS ${column}` };
  });
}
