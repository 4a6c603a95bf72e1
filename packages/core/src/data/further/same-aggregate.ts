import type { Column } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import { cellText } from '../read/cell-text.ts';
import { type Aggregate, numberAt, textAt } from '../contract/check-arguments.ts';
import { familyOf } from '../profile/column-facts.ts';
import { columnsNamed, type Judge, known, notMeasurable, type Relation } from './further-place.ts';
import { lostInSums } from './reconciliation.ts';

/** `sameAggregate`: one number, or the first or last value, of a column is that of a column of another dataset. */
export const sameAggregate: Judge = async ({ body }, place) => {
  const { given } = body;
  const aggregate = textAt(given, 'aggregate') as Aggregate;
  const [dataset, name, within] = [textAt(given, 'dataset'), textAt(given, 'column'), numberAt(given, 'within')];
  const of = textAt(given, 'of') || name;
  const what = name === '' ? 'the number of rows' : `the ${words[aggregate]} of ${name}`;
  const promise = `${what} is that of ${of === '' ? dataset : `${of} in ${dataset}`}${within === null ? '' : ` within ${within}`}`;
  const refuse = (why: string) => notMeasurable(promise, 'consistency', why);
  const other = place.others.get(dataset);
  if (other === undefined) return refuse(`there is no dataset ${dataset}`);
  if (name === '' && aggregate !== 'count') return refuse(`"${aggregate}" needs a column`);
  const sides = name === '' ? [[], []] : [columnsNamed(place.own, [name]), columnsNamed(other, [of])];
  const [here, there] = sides;
  if (typeof here === 'string') return refuse(here);
  if (typeof there === 'string') return refuse(there);
  const [one = null, two = null] = [here?.[0], there?.[0]];
  const unlike = whyUnlike(aggregate, one, two);
  if (unlike !== null) return refuse(unlike);
  const [left, right] = [
    await valueOf(place.engine, place.own, { aggregate, column: one }),
    await valueOf(place.engine, other, { aggregate, column: two }),
  ];
  const isHidden = (one !== null && place.own.personal.has(one.name)) || (two !== null && other.personal.has(two.name));
  const measured = isHidden ? null : { here: left, there: right };
  if (left === null && right === null)
    return known(promise, 'consistency', { verdict: 'inconclusive', measured, finding: 'there is nothing to measure' });
  const holds = areSame(left, right, { within, isSummed: aggregate === 'sum' || aggregate === 'mean' });
  const finding = isHidden ? (holds ? 'it is' : 'it is not') : `it is ${told(left)} here and ${told(right)} there`;
  return known(promise, 'consistency', { verdict: holds ? 'pass' : 'fail', measured, finding });
};

const words: Readonly<Record<Aggregate, string>> = {
  count: 'number of values',
  sum: 'sum',
  mean: 'mean',
  min: 'smallest value',
  max: 'largest value',
  distinct: 'number of different values',
};

function whyUnlike(aggregate: Aggregate, one: Column | null, two: Column | null): string | null {
  if (one === null || two === null || aggregate === 'count' || aggregate === 'distinct') return null;
  const [left, right] = [familyOf(one.type), familyOf(two.type)];
  if (left !== right) return `${one.name} is ${one.type} and ${two.name} is ${two.type}`;
  if (left === 'nested') return `${one.name} is ${one.type}, which has no order`;
  return (aggregate === 'sum' || aggregate === 'mean') && left !== 'number' ? `${one.name} is ${one.type}, and has no ${aggregate}` : null;
}

async function valueOf(
  engine: Engine,
  { sql }: Relation,
  { aggregate, column }: { readonly aggregate: Aggregate; readonly column: Column | null },
): Promise<number | string | null> {
  const [row = {}] = await engine.rows(`SELECT ${aggregateSql(aggregate, column)} AS found FROM ${sql}`);
  const cell = row['found'] ?? null;
  return cell === null || typeof cell === 'number' ? cell : cellText(cell);
}

function aggregateSql(aggregate: Aggregate, column: Column | null): string {
  if (column === null) return 'count(*)';
  const name = quoteName(column.name);
  const value = familyOf(column.type) === 'number' ? `CAST(${name} AS DOUBLE)` : name;
  switch (aggregate) {
    case 'count':
      return `count(${name})`;
    case 'distinct':
      return `count(DISTINCT ${name})`;
    case 'sum':
      return `sum(${value})`;
    case 'mean':
      return `avg(${value})`;
    case 'min':
      return familyOf(column.type) === 'number' ? `min(${value})` : `CAST(min(${name}) AS VARCHAR)`;
    case 'max':
      return familyOf(column.type) === 'number' ? `max(${value})` : `CAST(max(${name}) AS VARCHAR)`;
  }
}

type Found = number | string | null;

function areSame(left: Found, right: Found, { within, isSummed }: { readonly within: number | null; readonly isSummed: boolean }): boolean {
  if (typeof left !== 'number' || typeof right !== 'number') return left === right;
  const tolerance = within ?? (isSummed ? lostInSums * Math.max(1, Math.abs(left), Math.abs(right)) : 0);
  return Math.abs(left - right) <= tolerance;
}

function told(value: Found): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(12))) : (value ?? 'nothing');
}
