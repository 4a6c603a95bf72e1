import { type Engine, quoteText } from '@tidegate/runtime';
import type { OrderTerm } from '../rows/row-order.ts';
import type { NamedGroup } from './record-of-groups.ts';

/** Groups in the order of the table, which the engine knows by the types of its terms. */
export async function orderedGroups(
  engine: Engine,
  groups: readonly NamedGroup[],
  terms: readonly OrderTerm[],
): Promise<readonly NamedGroup[]> {
  if (groups.length < 2) return groups;
  const list = groups.map(({ from }, at) => `(${[...terms.map((_, term) => quoteText(from[term] ?? '')), String(at)].join(', ')})`);
  const columns = terms.map((_, at) => `t${at}`);
  const by = terms.map(({ type }, at) => `CAST(t${at} AS ${type})`).join(', ');
  const rows = await engine.rows(`SELECT i FROM (VALUES ${list.join(', ')}) AS groups(${[...columns, 'i'].join(', ')}) ORDER BY ${by}`);
  return rows.flatMap((row) => groups[Number(row['i'])] ?? []);
}
