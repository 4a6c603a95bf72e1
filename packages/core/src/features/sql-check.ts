import { type Json, nearest } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import { engineFailure, sqlFailure, type SqlSource } from './sql-source.ts';
import { statementIn } from './sql-text.ts';

/** Table functions that read nothing but their arguments. */
const harmlessTables = new Set(['unnest', 'range', 'generate_series']);
/** Names that the engine reads as functions of the moment when they stand without parentheses. */
const bareFunctions = new Set(['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp', 'current_user', 'user']);

/**
 * Makes sure that SQL of a user is one SELECT over datasets and nothing else, and gives the same at every run: no other table or file, no
 * function that reads the clock, randomness or the surroundings.
 *
 * @param datasets those that are there to be read; and every one of the project, for messages
 * @returns the datasets it reads, in order of name
 * @throws TG-FEATURES-SQL, TG-FEATURES-SQL-TABLE, TG-FEATURES-SQL-FUNCTION with the place
 */
export async function datasetsReadBy(
  engine: Engine,
  source: SqlSource,
  datasets: { readonly loaded: readonly string[]; readonly known: readonly string[] },
): Promise<readonly string[]> {
  const found = read(source, await statementOf(engine, source));
  const volatile = await volatileAmong(engine, found.functions);
  for (const { name, at } of found.functions)
    if (volatile.has(name)) throw functionFailure(source, at, `"${name}" gives something else at every run`);
  for (const { name, at } of found.tableFunctions)
    if (!harmlessTables.has(name)) throw functionFailure(source, at, `"${name}" reads what is no dataset`);
  const byName = new Map(datasets.loaded.map((name) => [name.toLowerCase(), name]));
  const used = new Set<string>();
  for (const { name, at } of found.tables) {
    const dataset = byName.get(name.toLowerCase());
    if (dataset !== undefined) used.add(dataset);
    else if (!found.commonTables.has(name.toLowerCase())) throw tableFailure(source, { name, at, datasets: datasets.known });
  }
  return [...used].sort((a, b) => (a < b ? -1 : 1));
}

interface Named {
  readonly name: string;
  /** Offset in the text. */
  readonly at: number;
}

interface Found {
  readonly tables: Named[];
  readonly tableFunctions: Named[];
  readonly functions: Named[];
  readonly commonTables: Set<string>;
}

async function statementOf(engine: Engine, source: SqlSource): Promise<Json> {
  const [row] = await engine.rows(`SELECT json_serialize_sql(${quoteText(source.sql)}) AS tree`);
  const tree = JSON.parse(String(row?.['tree'])) as { readonly [name: string]: Json };
  if (tree['error'] === true) throw syntaxFailure(source, tree);
  const statements = tree['statements'];
  if (!Array.isArray(statements) || statements.length !== 1)
    throw sqlFailure(source, {
      code: 'TG-FEATURES-SQL',
      message: `Cannot compute ${source.what}: it must be one SELECT, found ${Array.isArray(statements) ? statements.length : 0} statements`,
      hint: 'Keep one SELECT in the file',
      at: 0,
    });
  return statements[0] as Json;
}

function syntaxFailure(source: SqlSource, tree: { readonly [name: string]: Json }): Error {
  const isOther = tree['error_type'] === 'not implemented';
  return sqlFailure(source, {
    code: 'TG-FEATURES-SQL',
    message: `Cannot compute ${source.what}: ${isOther ? 'it is not a SELECT' : String(tree['error_message'])}`,
    hint: isOther ? 'Write it as one SELECT; other statements (PIVOT too) can stand in its FROM (…)' : 'Correct the SQL',
    at: Number(tree['position'] ?? 0),
  });
}

/** Collects what the syntax tree names. Places in the tree are offsets of bytes. */
function read(source: SqlSource, statement: Json): Found {
  const bytes = Buffer.from(source.sql);
  const at = (value: Json | undefined): number => bytes.subarray(0, Math.min(Number(value ?? 0), bytes.length)).toString().length;
  const found: Found = { tables: [], tableFunctions: [], functions: [], commonTables: new Set() };
  const visit = (value: Json): void => {
    if (Array.isArray(value)) for (const item of value) visit(item as Json);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const part = value as { readonly [name: string]: Json };
    collect(found, part, at(part['query_location']));
    for (const [name, member] of Object.entries(part)) {
      if (name === 'sample' && member !== null)
        throw functionFailure(source, at(part['query_location']), 'a sample gives something else at every run');
      visit(member);
    }
  };
  visit(statement);
  return found;
}

function collect(found: Found, part: { readonly [name: string]: Json }, at: number): void {
  if (part['type'] === 'BASE_TABLE') {
    const qualifier = [part['catalog_name'], part['schema_name']].filter((name) => name !== '').join('.');
    found.tables.push({ name: `${qualifier === '' ? '' : `${qualifier}.`}${String(part['table_name'])}`, at });
  }
  if (part['type'] === 'TABLE_FUNCTION') {
    const call = part['function'] as { readonly [name: string]: Json };
    found.tableFunctions.push({ name: String(call['function_name']).toLowerCase(), at });
  }
  if (part['class'] === 'FUNCTION') found.functions.push({ name: String(part['function_name']).toLowerCase(), at });
  const columns = part['column_names'];
  if (
    part['class'] === 'COLUMN_REF' &&
    Array.isArray(columns) &&
    columns.length === 1 &&
    bareFunctions.has(String(columns[0]).toLowerCase())
  )
    found.functions.push({ name: String(columns[0]).toLowerCase(), at });
  const common = (part['cte_map'] as { readonly map?: readonly { readonly key: string }[] } | undefined)?.map ?? [];
  for (const { key } of common) found.commonTables.add(key.toLowerCase());
}

/** The engine knows of its functions whether they give the same for the same arguments. */
async function volatileAmong(engine: Engine, functions: readonly Named[]): Promise<ReadonlySet<string>> {
  const called = new Set(functions.map(({ name }) => name));
  const known = await engine.rows(
    `SELECT DISTINCT function_name AS name FROM duckdb_functions() WHERE function_type = 'scalar' AND stability <> 'CONSISTENT'`,
  );
  const changing = new Set([...known.map((row) => String(row['name'])), ...bareFunctions, 'getenv', 'getvariable']);
  return new Set([...called].filter((name) => changing.has(name)));
}

function functionFailure(source: SqlSource, at: number, why: string): Error {
  return sqlFailure(source, {
    code: 'TG-FEATURES-SQL-FUNCTION',
    message: `Cannot compute ${source.what}: ${why}`,
    hint: 'Use columns of datasets instead, so that the same data always gives the same features',
    at,
  });
}

function tableFailure(source: SqlSource, { name, at, datasets }: Named & { readonly datasets: readonly string[] }): Error {
  const near = nearest(name, datasets);
  const aside = datasets.find((dataset) => name.toLowerCase() === `${dataset}.quarantine`.toLowerCase());
  if (aside !== undefined)
    return sqlFailure(source, {
      code: 'TG-FEATURES-SQL-TABLE',
      message: `Cannot compute ${source.what}: it reads "${name}", rows that break the data contract of data.${aside}, which no feature may be made of`,
      hint: `Read "${aside}"; a step may take the rows ("in: [data.${aside}.quarantine]"), mend them and hand them to a dataset`,
      at,
    });
  return sqlFailure(source, {
    code: 'TG-FEATURES-SQL-TABLE',
    message: `Cannot compute ${source.what}: it reads "${name}", which is no dataset`,
    hint: near === null ? `Datasets: ${datasets.join(', ')}; declare others under "data:" in tidegate.yaml` : `Did you mean "${near}"?`,
    at,
  });
}

/** Names and types of the columns of SQL that was checked. @throws TG-FEATURES-SQL with the place */
export async function columnsOf(engine: Engine, source: SqlSource): Promise<readonly { readonly name: string; readonly type: string }[]> {
  return engine.describe(statementIn(source.sql)).catch((error: unknown) => {
    throw engineFailure(source, error);
  });
}
