import { extname } from 'node:path';
import { failure, nearest } from '@tidegate/formats';
import { openEngine, quoteName } from '@tidegate/runtime';
import { globText } from '../read/sql-path.ts';
import type { KeyRows } from './key-rows.ts';

export interface KeysOf {
  readonly dataset: string;
  /** The key of its table. */
  readonly key: readonly string[];
}

/**
 * Reads keys as they are written on a command line: `id=4711`, or with a comma between the columns of one row, `origin=JFK,day=2024-01-05`. Columns are all of the
 * key or some of it, the same ones each time.
 *
 * @throws TG-DATA-FORGET
 */
export function parseKeys(words: readonly string[], of: KeysOf): KeyRows {
  const rows = words.map((word) => parseKey(word, of));
  const [first = new Map<string, string>()] = rows;
  const columns = [...first.keys()];
  const other = rows.findIndex((row) => row.size !== columns.length || columns.some((column) => !row.has(column)));
  if (other >= 0) throw refused(of, `"${words[0]}" and "${words[other]}" name different columns`, 'Give all keys by the same columns');
  return { columns, values: rows.map((row) => columns.map((column) => row.get(column) ?? '')) };
}

/** A comma divides only where a column of the key and `=` come after it: values may have commas. */
function parseKey(word: string, of: KeysOf): ReadonlyMap<string, string> {
  if (word.includes('\0')) throw refused(of, 'a key has a NUL character', 'Give it without one');
  const starts = [...word.matchAll(/(?:^|,)([^,=]+)=/g)].filter((match) => match.index === 0 || ownColumn(match[1] ?? '', of) !== null);
  if (starts.length === 0 || starts[0]?.index !== 0)
    throw refused(of, `"${word}" is no key`, `Write "--key ${of.key.map((column) => `${column}=VALUE`).join(',')}"`);
  const row = new Map<string, string>();
  for (const [at, start] of starts.entries()) {
    const column = requireColumn(start[1] ?? '', of);
    if (row.has(column)) throw refused(of, `"${word}" names "${column}" twice`, 'Give each row a key of its own, with "--key" for each');
    row.set(column, word.slice(start.index + start[0].length, starts[at + 1]?.index ?? word.length));
  }
  return row;
}

function ownColumn(name: string, { key }: KeysOf): string | null {
  return key.find((column) => column.toLowerCase() === name.toLowerCase()) ?? null;
}

function requireColumn(name: string, of: KeysOf): string {
  const own = ownColumn(name, of);
  if (own !== null) return own;
  const near = nearest(name, of.key);
  const meant = near === null ? '' : `; did you mean "${near}"?`;
  throw refused(of, `"${name}" is not in its key${meant}`, `Columns of its key: ${of.key.join(', ')}`);
}

/**
 * Reads keys from a file with a header: CSV, TSV, JSON lines or Parquet, whose columns are all of the key or some of it.
 *
 * @throws TG-DATA-FORGET when the file cannot be read, has other columns, no row, or a row without a value
 */
export async function readKeysFile(path: string, of: KeysOf): Promise<KeyRows> {
  const scan = scanOf(path);
  if (scan === null) throw refused(of, `"${path}" is no file of keys`, 'Write them as .csv with a header, .tsv, .jsonl or .parquet');
  using engine = await openEngine({ threads: 1 });
  const found = await engine.describe(`SELECT * FROM ${scan}`).catch((error: Error) => {
    throw refused(of, `the keys in "${path}" cannot be read: ${error.message.split('\n')[0]}`, 'Write them as CSV with a header');
  });
  const columns = found.map(({ name }) => requireColumn(name, of));
  const list = found.map(({ name }, at) => `CAST(${quoteName(name)} AS VARCHAR) AS k${at}`).join(', ');
  const rows = await engine.rows(`SELECT DISTINCT ${list} FROM ${scan}`).catch((error: Error) => {
    throw refused(of, `the keys in "${path}" cannot be read: ${error.message.split('\n')[0]}`, 'Write them as CSV with a header');
  });
  if (rows.length === 0) throw refused(of, `"${path}" has no row`, 'Write one row for each key below the header');
  const values = rows.map((row) => columns.map((_, at) => row[`k${at}`]));
  if (values.some((row) => row.some((value) => typeof value !== 'string' || value.includes('\0'))))
    throw refused(of, `a row of "${path}" has no value in a column of the key, or one with a NUL character`, 'Give every row a whole key');
  return { columns, values: values.map((row) => row.map(String)) };
}

function scanOf(path: string): string | null {
  const file = globText(path);
  switch (extname(path).toLowerCase()) {
    case '.csv':
    case '.tsv':
      return `read_csv(${file}, all_varchar = true, header = true)`;
    case '.jsonl':
    case '.ndjson':
      return `read_json(${file}, format = 'newline_delimited')`;
    case '.parquet':
      return `read_parquet(${file})`;
    default:
      return null;
  }
}

function refused({ dataset }: KeysOf, found: string, hint: string): Error {
  return failure('TG-DATA-FORGET', `Cannot forget rows of data.${dataset}: ${found}`, hint);
}
