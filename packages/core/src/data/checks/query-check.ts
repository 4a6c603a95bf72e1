import { type Diagnostic, TidegateError } from '@tidegate/formats';
import { type Engine, openEngine, quoteName, quoteText } from '@tidegate/runtime';
import { diagnosticAt } from '../../config/index.ts';
import type { DataContract } from '../contract/data-contract.ts';
import { type DatasetTable, typedSql } from '../read/dataset-table.ts';
import { namingFiles } from '../read/read-failure.ts';
import { globText } from '../read/sql-path.ts';
import type { Check } from './check.ts';
import { withTable } from './query-text.ts';
import { cellText } from '../read/cell-text.ts';

/**
 * An engine that sees one dataset, under the names given, and no file but those of the dataset: queries of a data contract
 * are the user's. The caller disposes of it.
 */
export async function openConfined(
  table: DatasetTable,
  { names, signal }: { readonly names: readonly string[]; readonly signal: AbortSignal },
): Promise<Engine> {
  const engine = await openEngine({ threads: 1, signal });
  try {
    const seen = new Set<string>();
    for (const name of names.filter((one) => !seen.has(one.toLowerCase()) && seen.add(one.toLowerCase())))
      await engine.run(`CREATE VIEW ${quoteName(name)} AS ${typedSql(table)}`);
    // the engine asks for the pattern that the view names, then for the file that it means
    const allowed = new Set(table.files.flatMap(({ object }) => [globText(object), quoteText(object)]));
    await engine.run(`SET allowed_paths = [${[...allowed].join(', ')}]`);
    await engine.confine([]);
    return engine;
  } catch (error) {
    engine[Symbol.dispose]();
    throw error;
  }
}

/**
 * The number that a check of kind `query` gives.
 * @throws TG-DATA-CONTRACT-QUERY with the place of the rule when the query cannot be run or does not give one number
 */
export async function runQuery(
  engine: Engine,
  check: Check,
  context: { readonly contract: DataContract; readonly table: DatasetTable },
): Promise<number> {
  const { measure } = check;
  if (measure.kind !== 'query') throw new Error(`Cannot run the check "${check.name}": it is no query; please report this`);
  const query = withTable(measure.query, context.contract.object).replace(/[\s;]+$/, '');
  const refuse = (why: string): TidegateError => new TidegateError([queryDiagnostic(check, why, context.contract)]);
  const [parsed] = await engine.rows(`SELECT json_serialize_sql(${quoteText(query)}) AS tree`);
  const wrong = wrongWith(cellText(parsed?.['tree']));
  if (wrong !== null) throw refuse(wrong);
  const rows = await namingFiles(context.table.files, () => engine.rows(query)).catch((error: unknown) => {
    if (error instanceof TidegateError) throw error;
    throw refuse(firstLine(error));
  });
  const [row, second] = rows;
  const cells = row === undefined ? [] : Object.values(row);
  const [cell] = cells;
  if (row === undefined || second !== undefined || cells.length !== 1)
    throw refuse(`it gives ${rows.length} rows of ${cells.length} columns, not one number`);
  const number = typeof cell === 'boolean' ? Number(cell) : typeof cell === 'number' ? cell : Number.NaN;
  if (!Number.isFinite(number)) throw refuse(`it gives ${cell === null ? 'NULL' : JSON.stringify(cell)}, not a number`);
  return number;
}

/** The engine serialises SELECT statements only. */
function wrongWith(tree: string): string | null {
  const {
    error,
    error_type: type,
    error_message: message,
    statements,
  } = JSON.parse(tree) as {
    readonly error: boolean;
    readonly error_type?: string;
    readonly error_message?: string;
    readonly statements?: readonly unknown[];
  };
  if (error) return type === 'not implemented' ? 'it is not a SELECT' : (message ?? 'it cannot be parsed');
  return statements?.length === 1 ? null : `it is ${statements?.length ?? 0} statements, not one`;
}

function queryDiagnostic(check: Check, why: string, contract: DataContract): Diagnostic {
  const path = check.measure.kind === 'query' ? check.measure.path : [];
  return diagnosticAt(contract.document, path, {
    code: 'TG-DATA-CONTRACT-QUERY',
    message: `Cannot run the query of "${check.name}": ${why}`,
    hint: 'Correct the query; it reads the dataset as {object} and gives one number',
  });
}

function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.replace(/^[A-Za-z ]+Error: /, '').replace(/[.!\s]+$/, '');
}
