import type { ColumnProfile, Profile } from '@tidegate/formats';
import type { Engine, Row } from '@tidegate/runtime';
import { type ColumnFacts, factAggregates, readFacts } from './column-facts.ts';
import { readShape, shapeAggregates } from './column-shape.ts';
import type { MeasuredColumn } from './measured-rows.ts';

/** Aggregates that the first scan must hold for a profile. */
export function profileAggregates(columns: readonly MeasuredColumn[]): readonly string[] {
  return columns.flatMap(factAggregates);
}

/**
 * The profile of a table: from what the first scan found (`first`, with {@link profileAggregates} in it), and a second scan whose bins
 * and values depend on it. `rows` is the SELECT of measured rows.
 */
export async function profileTable(
  engine: Engine,
  columns: readonly MeasuredColumn[],
  { rows, count, first }: { readonly rows: string; readonly count: number; readonly first: Row },
): Promise<Profile> {
  const facts = columns.map((column) => ({ column, facts: readFacts(column, first) }));
  const aggregates = facts.flatMap((one) => shapeAggregates(one.column, one.facts));
  const [second = {}] = aggregates.length === 0 ? [] : await engine.rows(`SELECT ${aggregates.join(', ')} FROM (${rows})`);
  return { format: 'tidegate.profile/1', rows: count, columns: facts.map((one) => columnProfile(one, { second, count })) };
}

function columnProfile(
  { column, facts }: { readonly column: MeasuredColumn; readonly facts: ColumnFacts },
  { second, count }: { readonly second: Row; readonly count: number },
): ColumnProfile {
  const { name, type } = column.column;
  const { distinct, mean, std, histogram, top } = readShape(column, facts, second);
  const counts = { name, type, rows: count, nulls: count - facts.values, distinct: Math.min(distinct, facts.values) };
  // a mean of one value is that value
  if (column.personal) return { ...counts, min: null, max: null, mean: null, std: null, quantiles: null, histogram: null, top: null };
  return { ...counts, min: facts.min, max: facts.max, mean, std, quantiles: facts.quantiles, histogram, top };
}
