import type { FeatureColumn } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import type { TestSet } from '../test-set.ts';
import type { BehaviourTest } from './behaviour-file.ts';

/** A test with the suite it stands in. */
export interface SuiteTest {
  readonly suite: string;
  readonly test: BehaviourTest;
}

/** Changes of one test at most: every combination of the values of its inputs. */
const mostChanges = 50;

/**
 * Writes the rows of every test into one Parquet file: `test` and `pair` say where a row belongs, `side` 0 is the row as it is and 1 the row
 * as it is changed; rows that a change leaves as they are do not count and are left out.
 */
export async function writeCaseRows(
  engine: Engine,
  {
    tests,
    testSet,
    inputs,
    to,
  }: { readonly tests: readonly SuiteTest[]; readonly testSet: TestSet; readonly inputs: readonly FeatureColumn[]; readonly to: string },
): Promise<void> {
  const types = new Map(
    (await engine.describe(`SELECT * FROM read_parquet(${quoteText(testSet.path)})`)).map(({ name, type }) => [name, type]),
  );
  const selects = tests.flatMap(({ test }, place) =>
    test.kind === 'function' ? writtenRows(test, place, { inputs, types }) : changedRows(test, place, { inputs, testSet, types }),
  );
  await engine.run(`COPY (${selects.join(' UNION ALL ')} ORDER BY test, pair, side) TO ${quoteText(to)} (FORMAT parquet)`);
}

interface Columns {
  readonly inputs: readonly FeatureColumn[];
  /** In the engine, by name. */
  readonly types: ReadonlyMap<string, string>;
}

/** Inputs that a row does not name are missing. */
function writtenRows(
  test: Extract<BehaviourTest, { readonly kind: 'function' }>,
  place: number,
  { inputs, types }: Columns,
): readonly string[] {
  return test.rows.map((row, pair) => {
    const cells = inputs.map(({ name }) => `CAST(${literal(row[name] ?? null)} AS ${types.get(name) ?? 'VARCHAR'}) AS ${quoteName(name)}`);
    return `SELECT ${[`${place} AS test`, `${pair} AS pair`, '0 AS side', ...cells].join(', ')}`;
  });
}

function changedRows(
  test: Exclude<BehaviourTest, { readonly kind: 'function' }>,
  place: number,
  { inputs, testSet, types }: Columns & { readonly testSet: TestSet },
): readonly string[] {
  const sample = `SELECT *, row_number() OVER (ORDER BY hash(${testSet.identity}), file_row_number) AS tidegate_place FROM read_parquet(${quoteText(testSet.path)}, file_row_number = true) t ORDER BY tidegate_place LIMIT ${test.sample}`;
  return combinations(test.change).flatMap((change, combination) => {
    const changed = (name: string): string => {
      const to = change.get(name);
      return to === undefined ? `t.${quoteName(name)}` : `CAST(${changeSql(name, to, inputs)} AS ${types.get(name) ?? 'VARCHAR'})`;
    };
    const moves = [...change.keys()].map((name) => `t.${quoteName(name)} IS DISTINCT FROM ${changed(name)}`).join(' OR ');
    return [0, 1].map((side) => {
      const cells = inputs.map(({ name }) => `${side === 0 ? `t.${quoteName(name)}` : changed(name)} AS ${quoteName(name)}`);
      return `SELECT ${[`${place} AS test`, `${combination} * 1000000 + t.tidegate_place AS pair`, `${side} AS side`, ...cells].join(', ')} FROM (${sample}) t WHERE ${moves}`;
    });
  });
}

type Value = string | number | boolean | null;

function combinations(change: { readonly [input: string]: readonly Value[] }): readonly ReadonlyMap<string, Value>[] {
  let all: readonly ReadonlyMap<string, Value>[] = [new Map()];
  for (const [input, values] of Object.entries(change))
    all = all.flatMap((one) => values.map((value) => new Map([...one, [input, value]])));
  return all.slice(0, mostChanges);
}

/** `+ 5`, `- 5` and `* 2` of a number are arithmetic; everything else is a value. */
function changeSql(name: string, value: Value, inputs: readonly FeatureColumn[]): string {
  const type = inputs.find((input) => input.name === name)?.type;
  const [, sign, amount] = /^([+*-]) ?(\d+(?:\.\d+)?)$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (sign !== undefined && amount !== undefined && (type === 'number' || type === 'integer'))
    return `t.${quoteName(name)} ${sign} ${amount}`;
  return literal(value);
}

function literal(value: Value): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? quoteText(value) : String(value);
}
