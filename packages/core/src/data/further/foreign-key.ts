import type { Column } from '@tidegate/formats';
import { quoteName } from '@tidegate/runtime';
import { textAt, textsAt } from '../contract/check-arguments.ts';
import { type FurtherPlace, type Judge, type Judged, notMeasurable, pairsOf, type Relation } from './further-place.ts';
import type { FurtherRule } from './further-rule.ts';
import { shownRows } from './shown-rows.ts';

/** `existsIn`: every value of the column is one of a column of another dataset. */
export const existsIn: Judge = (rule, place) => {
  const { given } = rule.body;
  return foreignKey(rule, place, { columns: [rule.column?.name ?? ''], references: [textAt(given, 'column')] });
};

/** `foreignKey`: the values of the columns stand together in a row of another dataset. */
export const foreignKeyOf: Judge = (rule, place) => {
  const columns = textsAt(rule.body.given, 'columns');
  const references = textsAt(rule.body.given, 'references');
  return foreignKey(rule, place, { columns, references: references.length === 0 ? columns : references });
};

/** As in SQL (MATCH SIMPLE): a row without a value in one of the columns names nothing, and breaks nothing. */
async function foreignKey(
  { body }: FurtherRule,
  place: FurtherPlace,
  { columns, references }: { readonly columns: readonly string[]; readonly references: readonly string[] },
): Promise<Judged> {
  const { engine, own, others } = place;
  const dataset = textAt(body.given, 'dataset');
  const promise = `${columns.join(', ')} ${columns.length === 1 ? 'is' : 'are'} ${references.join(', ')} of a row of ${dataset}`;
  const other = others.get(dataset);
  const pairs = other === undefined ? `there is no dataset ${dataset}` : pairsOf(own, columns, other, references);
  if (other === undefined || typeof pairs === 'string') return notMeasurable(promise, 'consistency', String(pairs));
  const bad = `SELECT * FROM ${own.sql} AS o WHERE ${orphans(pairs, other)}`;
  const [row = {}] = await engine.rows(`SELECT count(*) AS bad FROM (${bad})`);
  const found = Number(row['bad'] ?? 0);
  // what is personal there is so here, whatever the data contract here says
  const personal = new Set([...own.personal, ...pairs.flatMap(([here, there]) => (other.personal.has(there.name) ? [here.name] : []))]);
  const shows = pairs.map(([{ name, type }]) => ({ name, sql: quoteName(name), type }));
  return {
    promise,
    dimension: 'consistency',
    measure: { kind: 'query', query: '', limit: body.limit, path: [], words: { one: 'names none', many: 'name none', instance: true } },
    measurement: { found },
    examples: found === 0 ? [] : await shownRows(place, { from: bad, columns: pairs.map(([column]) => column), personal }),
    shows,
  };
}

function orphans(pairs: readonly (readonly [Column, Column])[], other: Relation): string {
  const present = pairs.map(([{ name }]) => `o.${quoteName(name)} IS NOT NULL`);
  const equal = pairs.map(([here, there]) => `t.${quoteName(there.name)} = o.${quoteName(here.name)}`);
  return `${present.join(' AND ')} AND NOT EXISTS (SELECT 1 FROM ${other.sql} AS t WHERE ${equal.join(' AND ')})`;
}
