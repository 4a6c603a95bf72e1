import type { ColumnPart } from '@tidegate/formats';

/**
 * A seed out of the counts of columns, by FNV-1a: the same profiles give the same halves, and others give others. A seed that is always the same would not do: of the samples that a column may have it would choose
 * the same rows of each bin, and what chance is to average out would stay.
 */
export function seedOfCounts(columns: readonly ColumnPart[]): number {
  let hash = 0x811c9dc5;
  for (const { nulls, notNumbers, below, above, numbers, values } of columns)
    for (const counts of [[nulls, notNumbers, below, above], numbers?.cells.rows ?? [], values?.values.map(([, rows]) => rows) ?? []])
      for (const count of counts) hash = Math.imul(hash ^ count, 0x01000193);
  return hash;
}
