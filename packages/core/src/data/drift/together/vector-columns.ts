import { compareCodeUnits } from '@tidegate/formats';
import { quoteName } from '@tidegate/runtime';
import type { SampledColumn } from './sampled-rows.ts';

/** Fewer numbers with numbered names are rather measurements than a vector. */
const leastWidth = 8;

/** A vector that is kept as a column for each of its numbers. */
export interface VectorColumns {
  /** `emb_0 to emb_127`. */
  readonly name: string;
  readonly columns: readonly string[];
}

/** Columns of numbers whose names differ by a number that counts on: an embedding, as tables without lists have it. */
export function vectorColumns(columns: readonly SampledColumn[]): readonly VectorColumns[] {
  const stems = new Map<string, { readonly name: string; readonly place: number }[]>();
  for (const { name, type } of columns) {
    const [, stem, digits] = /^(.*?)(\d{1,6})$/.exec(name) ?? [];
    if (type !== 'number' || stem === undefined || digits === undefined) continue;
    const known = stems.get(stem) ?? [];
    known.push({ name, place: Number(digits) });
    stems.set(stem, known);
  }
  return [...stems]
    .toSorted(([a], [b]) => compareCodeUnits(a, b))
    .flatMap(([, found]) => {
      const inOrder = found.toSorted((a, b) => a.place - b.place);
      const [first, last] = [inOrder[0], inOrder.at(-1)];
      const isCounting = inOrder.every(({ place }, index) => place === (first?.place ?? 0) + index);
      if (first === undefined || last === undefined || inOrder.length < leastWidth || !isCounting) return [];
      return [{ name: `${first.name} to ${last.name}`, columns: inOrder.map(({ name }) => name) }];
    });
}

/** SELECT of the rows of another one, with each vector as a list; a row that lacks a number has none. */
export function withVectors(sql: string, vectors: readonly VectorColumns[]): string {
  if (vectors.length === 0) return sql;
  const listOf = ({ name, columns }: VectorColumns): string =>
    `[${columns.map((column) => `TRY_CAST(${quoteName(column)} AS DOUBLE)`).join(', ')}] AS ${quoteName(name)}`;
  return `SELECT *, ${vectors.map(listOf).join(', ')} FROM (${sql})`;
}
