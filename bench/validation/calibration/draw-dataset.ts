import { normalQuantile, seededRandom } from '@tidegate/runtime';
import { type Cell, referenceRows } from './cells.ts';

/** Rows of one side: by column their values, or which class they have, and of each row its half. */
export interface DrawnSide {
  readonly columns: readonly Float64Array[];
  readonly halves: Uint8Array;
}

export interface DrawnDataset {
  readonly reference: DrawnSide;
  readonly current: DrawnSide;
}

/** A dataset from the same distributions as `cellSql` has, made without an engine. */
export function drawDataset({ kind, rows, columns, classes, shift }: Cell, seed: number): DrawnDataset {
  const random = seededRandom(seed);
  const normal = (): number => normalQuantile(Math.max(random.unit(), 2 ** -53));
  const value = (column: number, moved: number): number => {
    if (kind === 'classes') return Math.floor(Math.exp(random.unit() * Math.log(classes + 1)));
    return column % 2 === 0 ? normal() + moved : Math.exp(1.5 * normal());
  };
  const side = (of: number, moved: number): DrawnSide => ({
    columns: Array.from({ length: columns }, (_, column) =>
      Float64Array.from({ length: of }, () => value(column, column === 0 ? moved : 0)),
    ),
    halves: Uint8Array.from({ length: of }, () => random.below(2)),
  });
  return { reference: side(referenceRows, 0), current: side(rows, shift) };
}
