import type { TestCase } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import type { TablePropertiesConfig } from '../../config/index.ts';
import { count, rows as counted } from '../../evidence/index.ts';

/** One property of a table: what it says, and how it is found out. @throws an error of the engine, when a column is not there or SQL cannot be read */
interface Property {
  readonly name: string;
  /** @returns why it does not hold; null when it does */
  readonly fault: () => Promise<string | null>;
}

/** Tables of the engine: `rows`, and for the number of rows `same`. */
export interface JudgedTable {
  readonly engine: Engine;
  readonly properties: TablePropertiesConfig;
  /** Name of the table that has as many rows; null for none. */
  readonly sameAs: string | null;
}

/** Each declared property as a test case, in a fixed order; one that cannot be found out failed, and `broken` says so. */
export async function judgeTable(table: JudgedTable): Promise<{ readonly cases: readonly TestCase[]; readonly broken: boolean }> {
  const cases: TestCase[] = [];
  let broken = false;
  for (const { name, fault } of propertiesOf(table)) {
    const message = await fault().catch((error: unknown) => {
      broken = true;
      return `It could not be found out: ${wordsOf(error)}`;
    });
    cases.push({ name, outcome: message === null ? 'passed' : 'failed', durationMs: 0, message: message ?? '' });
  }
  return { cases, broken };
}

function propertiesOf({ engine, properties, sameAs }: JudgedTable): readonly Property[] {
  const number = async (sql: string): Promise<number> => Number((await engine.rows(sql))[0]?.['n'] ?? Number.NaN);
  const all = (): Promise<number> => number('SELECT count(*)::DOUBLE AS n FROM rows');
  const none = (name: string, condition: string): Property => ({
    name,
    fault: async () => {
      const broken = await number(`SELECT count_if(${condition})::DOUBLE AS n FROM rows`);
      return broken === 0 ? null : `It does not hold in ${counted(broken)} of ${count(await all())}`;
    },
  });
  const { rows, unique, notNull, neverAfter, never } = properties;
  return [
    ...(sameAs === null ? [] : [asManyRows(sameAs, { all, same: () => number('SELECT count(*)::DOUBLE AS n FROM same') })]),
    ...(rows.atLeast === null ? [] : [bound(`at least ${counted(rows.atLeast)}`, all, (found) => found >= (rows.atLeast ?? 0))]),
    ...(rows.atMost === null ? [] : [bound(`at most ${counted(rows.atMost)}`, all, (found) => found <= (rows.atMost ?? Infinity))]),
    ...(unique.length === 0 ? [] : [uniqueKey(unique, number)]),
    ...notNull.map((column) => none(`${column} has a value in every row`, `${quoteName(column)} IS NULL`)),
    ...Object.entries(neverAfter).map(([column, other]) => neverAfterOther(engine, [column, other], none)),
    ...Object.entries(never).map(([name, condition]) => none(name, `(${condition}\n)`)),
  ];
}

/** Texts are compared as the times that they are; one that is none would be compared letter by letter, which says nothing. */
function neverAfterOther(
  engine: Engine,
  [column, other]: readonly [string, string],
  none: (name: string, condition: string) => Property,
): Property {
  const name = `${column} is never after ${other}`;
  return {
    name,
    fault: async () => {
      const [one, two] = [await ordered(engine, column), await ordered(engine, other)];
      return none(name, `${one} > ${two}`).fault();
    },
  };
}

/** SQL of a column as a number or a time. @throws Error when it has texts that are no times */
async function ordered(engine: Engine, column: string): Promise<string> {
  const sql = quoteName(column);
  const [row] = await engine.rows(`SELECT column_type AS type FROM (DESCRIBE rows) WHERE column_name = ${quoteText(column)}`);
  if (row?.['type'] !== 'VARCHAR') return sql;
  const time = `TRY_CAST(${sql} AS TIMESTAMP)`;
  const [wrong] = await engine.rows(`SELECT ${sql} AS text FROM rows WHERE ${sql} IS NOT NULL AND ${time} IS NULL LIMIT 1`);
  if (wrong !== undefined)
    throw new Error(`"${column}" has "${String(wrong['text']).slice(0, 80)}", which is neither a time (ISO 8601) nor a number`);
  return time;
}

function asManyRows(name: string, { all, same }: { readonly all: () => Promise<number>; readonly same: () => Promise<number> }): Property {
  return {
    name: `as many rows as ${name}`,
    fault: async () => {
      const [found, wanted] = [await all(), await same()];
      return found === wanted ? null : `It has ${counted(found)}, and ${name} has ${count(wanted)}`;
    },
  };
}

function bound(name: string, all: () => Promise<number>, holds: (found: number) => boolean): Property {
  return {
    name,
    fault: async () => {
      const found = await all();
      return holds(found) ? null : `It has ${counted(found)}`;
    },
  };
}

/** Rows whose key is not whole are told by `not_null`, and are no repetition of one another. */
function uniqueKey(columns: readonly string[], number: (sql: string) => Promise<number>): Property {
  const key = columns.map(quoteName).join(', ');
  const whole = columns.map((column) => `${quoteName(column)} IS NOT NULL`).join(' AND ');
  return {
    name: `${columns.join(', ')} ${columns.length === 1 ? 'tells' : 'tell'} rows apart`,
    fault: async () => {
      const repeated = await number(
        `SELECT count(*)::DOUBLE AS n FROM (SELECT 1 FROM rows WHERE ${whole} GROUP BY ${key} HAVING count(*) > 1)`,
      );
      return repeated === 0 ? null : `${count(repeated)} ${repeated === 1 ? 'key is' : 'keys are'} there more than once`;
    },
  };
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 300) ?? '';
}

/** SELECT of the rows of files, by what they are called; null for files that no table is read from. */
export function rowsOfFiles(files: readonly string[]): string | null {
  const list = `[${files.map(quoteText).join(', ')}]`;
  const of = (pattern: RegExp): boolean => files.length > 0 && files.every((file) => pattern.test(file));
  if (of(/\.parquet$/i)) return `SELECT * FROM read_parquet(${list}, union_by_name = true)`;
  if (of(/\.(csv|tsv)(\.gz)?$/i)) return `SELECT * FROM read_csv(${list}, union_by_name = true, sample_size = -1)`;
  if (of(/\.(json|jsonl|ndjson)(\.gz)?$/i)) return `SELECT * FROM read_json(${list}, union_by_name = true, sample_size = -1)`;
  return null;
}
