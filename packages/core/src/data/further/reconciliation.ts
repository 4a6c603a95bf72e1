import { quoteName } from '@tidegate/runtime';
import { numberSql } from '../checks/sql-literal.ts';
import { flagAt, numberAt, textAt, textsAt } from '../contract/check-arguments.ts';
import { familyOf } from '../profile/column-facts.ts';
import { columnsNamed, type Judge, notMeasurable, pairsOf } from './further-place.ts';
import { shown } from './shown-rows.ts';

/** What sums of floating-point numbers lose by themselves, relative to them. */
export const lostInSums = 1e-9;

/** `reconciles`: for each key as many rows, or the same sum, here and in another dataset. */
export const reconciles: Judge = async ({ body }, { engine, own, others }) => {
  const { given } = body;
  const [columns, dataset, amount, within] = [
    textsAt(given, 'columns'),
    textAt(given, 'dataset'),
    textAt(given, 'amount'),
    numberAt(given, 'within'),
  ];
  const references = textsAt(given, 'references').length === 0 ? columns : textsAt(given, 'references');
  const against = textAt(given, 'against') || amount;
  const what = amount === '' ? 'the number of rows' : `the sum of ${amount}`;
  const there = amount === '' ? dataset : `${against} in ${dataset}`;
  const promise = `${what} by ${columns.join(', ')} is that of ${there}${within === null ? '' : ` within ${within}`}`;
  const refuse = (why: string) => notMeasurable(promise, 'consistency', why);
  const other = others.get(dataset);
  if (other === undefined) return refuse(`there is no dataset ${dataset}`);
  const pairs = pairsOf(own, columns, other, references);
  if (typeof pairs === 'string') return refuse(pairs);
  const amounts = amount === '' ? [] : [columnsNamed(own, [amount]), columnsNamed(other, [against])];
  for (const found of amounts) {
    if (typeof found === 'string') return refuse(found);
    const wrong = found.find(({ type }) => familyOf(type) !== 'number');
    if (wrong !== undefined) return refuse(`${wrong.name} is ${wrong.type}, and has no sum`);
  }
  const side = (sql: string, names: readonly string[], summed: string): string => {
    const value = summed === '' ? 'count(*)' : `coalesce(sum(CAST(${quoteName(summed)} AS DOUBLE)), 0)`;
    return `SELECT ${names.map((name, index) => `${quoteName(name)} AS k${index}`).join(', ')}, ${value} AS n FROM ${sql} GROUP BY ALL`;
  };
  const joined = pairs.map((_, index) => `h.k${index} IS NOT DISTINCT FROM t.k${index}`).join(' AND ');
  const keys = pairs.map(([{ name }], index) => `coalesce(h.k${index}, t.k${index}) AS ${quoteName(name)}`).join(', ');
  const kind = flagAt(given, 'commonKeys') ? 'JOIN' : 'FULL JOIN';
  const both = `SELECT ${keys}, h.n AS ${quoteName(countHere)}, t.n AS ${quoteName(countThere)} FROM (${side(own.sql, columns, amount)}) h ${kind} (${side(other.sql, references, against)}) t ON ${joined}`;
  const tolerance =
    within === null ? (amount === '' ? '0' : `${numberSql(lostInSums)} * greatest(1, abs(here), abs(there))`) : numberSql(within);
  const bad = `here IS NULL OR there IS NULL OR NOT (abs(here - there) <= ${tolerance})`;
  const [row = {}] = await engine.rows(`SELECT count(*) AS groups, count(*) FILTER (WHERE ${bad}) AS bad FROM (${both})`);
  const found = Number(row['bad'] ?? 0);
  const isHidden = amount !== '' && (own.personal.has(amount) || other.personal.has(against));
  const personal = new Set(pairs.flatMap(([one, two]) => (own.personal.has(one.name) || other.personal.has(two.name) ? [one.name] : [])));
  const shows = [
    ...pairs.map(([column]) => column),
    ...(isHidden ? [] : [countHere, countThere].map((name) => ({ name, type: 'number' as const, physicalType: 'DOUBLE' }))),
  ];
  return {
    promise,
    dimension: 'consistency',
    measure: {
      kind: 'groups',
      columns: [],
      aggregate: '',
      bad,
      limit: body.limit,
      words: { one: 'differs', many: 'differ', instance: true },
    },
    measurement: { found, groups: Number(row['groups'] ?? 0) },
    examples: found === 0 ? [] : await shown(engine, { from: `SELECT * FROM (${both}) WHERE ${bad}`, columns: shows, personal }),
    shows: shows.slice(0, 1).map(({ name, type }) => ({ name, sql: quoteName(name), type })),
  };
};

const countHere = 'here';
const countThere = 'there';
