import { openEngine, quoteText } from '@tidegate/runtime';
import { join } from 'node:path';

/** A change to a table of 20 columns, as the SELECT that the new version is written from. */
export interface Change {
  readonly name: string;
  readonly query: (table: string, rows: number) => string;
}

/** Columns that an update of many columns changes. */
const updated = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'n1', 'n2', 'n3', 'n4', 'c1', 'c2', 'c3', 'price'] as const;

const updating = (columns: readonly string[], where: string): string =>
  `* REPLACE (${columns.map((name) => `CASE WHEN ${where} THEN ${newValue(name)} ELSE ${name} END AS ${name}`).join(', ')})`;

export const changes: readonly Change[] = [
  { name: 'identical rewrite', query: (table) => `SELECT * FROM ${table}` },
  { name: 'append 1 %', query: (table, rows) => `SELECT * FROM ${table} UNION ALL BY NAME ${rowsFrom(rows, Math.round(rows / 100))}` },
  {
    name: 'contiguous 1 %, 3 columns',
    query: (table, rows) =>
      `SELECT ${updating(['a1', 'n1', 'price'], `id BETWEEN ${rows / 2} AND ${rows / 2 + rows / 100}`)} FROM ${table}`,
  },
  { name: 'scattered 1 %, 1 column', query: (table) => `SELECT ${updating(['a1'], 'hash(id, 7) % 100 = 0')} FROM ${table}` },
  { name: 'scattered 1 %, 14 columns', query: (table) => `SELECT ${updating(updated, 'hash(id, 7) % 100 = 0')} FROM ${table}` },
  { name: 'delete one row', query: (table, rows) => `SELECT * FROM ${table} WHERE id <> ${Math.round(rows / 2)}` },
  { name: 'add a column', query: (table) => `SELECT *, ${random(99)} AS added FROM ${table}` },
  { name: 'retype a column', query: (table) => `SELECT * REPLACE (n1::BIGINT AS n1) FROM ${table}` },
];

/** Writes the first version, snappy in row groups of 122,880, as DuckDB does by default. */
export async function writeFirst(path: string, rows: number): Promise<void> {
  await write(path, rowsFrom(0, rows));
}

export async function writeChanged(first: string, path: string, { query }: Change): Promise<void> {
  using engine = await openEngine({ threads: 2 });
  const [row] = await engine.rows(`SELECT count(*) AS rows FROM read_parquet(${quoteText(first)})`);
  await write(path, query(`read_parquet(${quoteText(first)})`, Number(row?.['rows']))); // in the order of the rows, as the engine promises
}

async function write(path: string, query: string): Promise<void> {
  using engine = await openEngine({ threads: 2 });
  await engine.run(`SET temp_directory = ${quoteText(join(path, '..'))}`);
  await engine.run(`COPY (${query}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880)`);
}

/** A SELECT of 20 columns: a key, a time, numbers of many and of few values, texts, a flag; the same on every machine. */
export function rowsFrom(first: number, count: number): string {
  const columns = [
    'id',
    "TIMESTAMP '2013-01-01' + to_seconds(id) AS at",
    ...[1, 2, 3, 4, 5, 6].map((column) => `${random(column)} AS a${column}`),
    ...[1, 2, 3, 4].map((column) => `(hash(id, ${10 + column}) % ${10 ** (column + 1)})::INTEGER AS n${column}`),
    ...[1, 2, 3].map((column) => `'kind ' || (hash(id, ${20 + column}) % ${[20, 400, 8000][column - 1]}) AS c${column}`),
    '(hash(id, 31) % 1000000 / 100)::DECIMAL(10, 2) AS price',
    'hash(id, 32) % 3 = 0 AS flag',
    'CASE WHEN hash(id, 33) % 10 < 9 THEN hash(id, 34) % 500 END::SMALLINT AS rare',
    "lpad((hash(id, 35) % 1000000000)::VARCHAR, 9, '0') AS code",
    '(id // 1000)::INTEGER AS batch',
  ];
  return `SELECT ${columns.join(', ')} FROM range(${first}, ${first + count}) AS t(id)`;
}

function random(seed: number): string {
  return `hash(id, ${seed}) / 18446744073709551615.0`;
}

function newValue(column: string): string {
  if (column.startsWith('a')) return `${column} + 1`;
  if (column.startsWith('n')) return `${column} + 1`;
  return column === 'price' ? '(price + 1)::DECIMAL(10, 2)' : `'kind ' || (hash(id, 77) % 20)`;
}
