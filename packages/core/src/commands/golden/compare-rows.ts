import type { TestCase } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { rows as counted } from '../../evidence/index.ts';

/** Tables of the engine: `expected` and `made`. */
export interface RowsToCompare {
  readonly engine: Engine;
  /** Empty: whole rows are looked for. */
  readonly key: readonly string[];
  readonly tolerance: number;
}

/** Rows that are shown of each difference. */
const examples = 3;

/** The differences of `made` from `expected` as test cases: columns, rows that are missing or added, and each column. @throws an error of the engine */
export async function compareRows(compared: RowsToCompare): Promise<readonly TestCase[]> {
  const { engine, key } = compared;
  const [expected, made] = [await columnsOf(engine, 'expected'), await columnsOf(engine, 'made')];
  const common = [...expected.keys()].filter((name) => made.has(name));
  const lacking = [...expected.keys()].filter((name) => !made.has(name));
  const added = [...made.keys()].filter((name) => !expected.has(name));
  const columns = testCase('the columns are those that are expected', [
    ...(lacking.length > 0 ? [`it lacks ${lacking.join(', ')}`] : []),
    ...(added.length > 0 ? [`it has ${added.join(', ')} besides`] : []),
  ]);
  if (key.length === 0) return [columns, ...(await compareWholeRows(engine, common))];
  const unkeyed = key.filter((name) => !common.includes(name));
  if (unkeyed.length > 0) return [columns, testCase('rows can be told apart', [`there is no column ${unkeyed.join(', ')} on both sides`])];
  const repeated = [...(await repetitions(engine, 'expected', key)), ...(await repetitions(engine, 'made', key))];
  if (repeated.length > 0) return [columns, testCase(`${key.join(', ')} ${key.length === 1 ? 'tells' : 'tell'} rows apart`, repeated)];
  return [columns, ...(await compareByKey(compared, { expected, made, common }))];
}

type Columns = ReadonlyMap<string, string>;

async function columnsOf(engine: Engine, table: string): Promise<Columns> {
  const rows = await engine.rows(`SELECT column_name AS name, column_type AS type FROM (DESCRIBE ${table})`);
  return new Map(rows.map((row) => [String(row['name']), String(row['type'])]));
}

async function repetitions(engine: Engine, table: 'expected' | 'made', key: readonly string[]): Promise<readonly string[]> {
  const columns = key.map(quoteName).join(', ');
  const rows = await engine.rows(
    `SELECT ${shown(key, '')} AS shown FROM ${table} GROUP BY ${columns} HAVING count(*) > 1 ORDER BY 1 LIMIT ${examples}`,
  );
  if (rows.length === 0) return [];
  const which = table === 'expected' ? 'of the rows that are expected' : 'of the rows that it made';
  return [`${which} several have ${rows.map((row) => String(row['shown'])).join('; ')}`];
}

async function compareWholeRows(engine: Engine, common: readonly string[]): Promise<readonly TestCase[]> {
  const columns = common.map((name) => `${quoteName(name)}::VARCHAR AS ${quoteName(name)}`).join(', ');
  const only = async (one: string, other: string, words: string): Promise<readonly string[]> => {
    if (common.length === 0) return [];
    const differing = `(SELECT ${columns} FROM ${one} EXCEPT ALL SELECT ${columns} FROM ${other})`;
    const [row] = await engine.rows(`SELECT count(*)::DOUBLE AS n FROM ${differing}`);
    const found = Number(row?.['n'] ?? 0);
    if (found === 0) return [];
    const some = await engine.rows(`SELECT ${shown(common, '')} AS shown FROM ${differing} ORDER BY 1 LIMIT ${examples}`);
    return [`${counted(found)} ${words}: ${some.map((one_) => String(one_['shown'])).join('; ')}`];
  };
  return [
    testCase('no row is missing', await only('expected', 'made', 'of those expected')),
    testCase('no row is added', await only('made', 'expected', 'not expected')),
  ];
}

interface Sides {
  readonly expected: Columns;
  readonly made: Columns;
  readonly common: readonly string[];
}

async function compareByKey({ engine, key, tolerance }: RowsToCompare, { expected, made, common }: Sides): Promise<readonly TestCase[]> {
  const meets = key.map((name) => sameValue(name, { expected, made, tolerance: 0 })).join(' AND ');
  const without = async (table: string, other: string, words: string): Promise<readonly string[]> => {
    const rows = `FROM ${table} AS ${alias[table] ?? 'e'} WHERE NOT EXISTS (SELECT 1 FROM ${other} AS ${alias[other] ?? 'm'} WHERE ${meets})`;
    const [row] = await engine.rows(`SELECT count(*)::DOUBLE AS n ${rows}`);
    const found = Number(row?.['n'] ?? 0);
    if (found === 0) return [];
    const some = await engine.rows(`SELECT ${shown(key, `${alias[table] ?? 'e'}.`)} AS shown ${rows} ORDER BY 1 LIMIT ${examples}`);
    return [`${counted(found)} ${words}: ${some.map((one) => String(one['shown'])).join('; ')}`];
  };
  const cases = [
    testCase('no row is missing', await without('expected', 'made', 'of those expected')),
    testCase('no row is added', await without('made', 'expected', 'not expected')),
  ];
  for (const name of common.filter((column) => !key.includes(column))) {
    const differs = `FROM expected AS e JOIN made AS m ON ${meets} WHERE NOT (${sameValue(name, { expected, made, tolerance })})`;
    const [row] = await engine.rows(`SELECT count(*)::DOUBLE AS n ${differs}`);
    const found = Number(row?.['n'] ?? 0);
    const some =
      found === 0
        ? []
        : await engine.rows(
            `SELECT ${shown(key, 'e.')} AS shown, ${text(`e.${quoteName(name)}`)} AS wanted, ${text(`m.${quoteName(name)}`)} AS found ${differs} ORDER BY 1 LIMIT ${examples}`,
          );
    const told = some.map((one) => `${String(one['shown'])}: expected ${String(one['wanted'])}, found ${String(one['found'])}`);
    cases.push(
      testCase(
        `${name} is as expected`,
        found === 0 ? [] : [`${counted(found)} ${found === 1 ? 'differs' : 'differ'}: ${told.join('; ')}`],
      ),
    );
  }
  return cases;
}

const alias: { readonly [table: string]: string } = { expected: 'e', made: 'm' };
const numeric = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;
const temporal = /^(DATE|TIMESTAMP.*)$/;

/** SQL that says whether a column is the same on both sides: numbers within the tolerance, and two that are missing, or not a number, are the same. */
function sameValue(
  name: string,
  { expected, made, tolerance }: { readonly expected: Columns; readonly made: Columns; readonly tolerance: number },
): string {
  const [e, m] = [`e.${quoteName(name)}`, `m.${quoteName(name)}`];
  const [wanted = '', found = ''] = [expected.get(name), made.get(name)];
  if (numeric.test(wanted) && numeric.test(found)) {
    const exactly = `${e} IS NOT DISTINCT FROM ${m}`;
    if (tolerance === 0) return exactly;
    const [a, b] = [`${e}::DOUBLE`, `${m}::DOUBLE`];
    return `(${exactly} OR coalesce(isfinite(${a}) AND isfinite(${b}) AND abs(${a} - ${b}) <= ${tolerance} * greatest(1, abs(${a}), abs(${b})), false))`;
  }
  if (wanted === found || (temporal.test(wanted) && temporal.test(found))) return `${e} IS NOT DISTINCT FROM ${m}`;
  return `${e}::VARCHAR IS NOT DISTINCT FROM ${m}::VARCHAR`;
}

/** SQL of a text such as `id 3, day 2026-01-01`. */
function shown(columns: readonly string[], prefix: string): string {
  return columns.map((name) => `${quoteText(`${name} `)} || ${text(`${prefix}${quoteName(name)}`)}`).join(` || ', ' || `);
}

function text(value: string): string {
  return `coalesce(left(${value}::VARCHAR, 80), 'nothing')`;
}

function testCase(name: string, faults: readonly string[]): TestCase {
  const [first = '', ...rest] = faults;
  const message = [first.replace(/^./, (letter) => letter.toUpperCase()), ...rest].join('; ');
  return { name, outcome: faults.length === 0 ? 'passed' : 'failed', durationMs: 0, message };
}
