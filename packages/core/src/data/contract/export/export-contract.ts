import { errorOf } from '../../../config/index.ts';
import { parseContract } from '../parse-contract.ts';
import { exportSuite } from './great-expectations/export-suite.ts';
import type { Exported } from './exported.ts';
import { exportJsonSchema } from './json-schema/export-json-schema.ts';
import { exportSql } from './sql-ddl/export-sql.ts';

/** What a data contract can be made into; names of databases stand for a table definition in their SQL. */
export const exportKinds = ['duckdb', 'great-expectations', 'json-schema', 'mysql', 'postgres', 'sqlite'] as const;
export type ExportKind = (typeof exportKinds)[number];

/**
 * Makes a document of another tool of a data contract; `dataset` names the object that counts when it describes several.
 * @throws every mistake of the data contract
 */
export function exportContract(
  source: { readonly file: string; readonly text: string; readonly dataset: string },
  to: ExportKind,
): Exported {
  const parsed = parseContract(source);
  if (!parsed.ok) throw errorOf(parsed.failure);
  switch (to) {
    case 'json-schema':
      return exportJsonSchema(parsed.value);
    case 'great-expectations':
      return exportSuite(parsed.value);
    case 'duckdb':
    case 'mysql':
    case 'postgres':
    case 'sqlite':
      return exportSql(parsed.value, to);
  }
}
