import type { Distribution } from '@tidegate/formats';
import { type Borders, bordersOf, type Cell, coarsened, joined, unpackCells } from './cells.ts';

/** Rows of two distributions above `low`, up to `high`. */
export interface CommonBin extends Borders {
  readonly rows: readonly [number, number];
}

/**
 * The rows of two distributions in the same bins, each count exact: bins of equal relative width are the same everywhere, and of those of equal width the wider ones are made of the
 * narrower. One bin follows the other, and where neither has rows there is an empty one.
 *
 * @returns none where neither has rows
 */
export function commonBins(one: Distribution | null, other: Distribution | null): readonly CommonBin[] {
  const exponent = Math.max(...[one, other].flatMap((each) => each?.cells.exponent ?? []));
  const [first, second] = [cellsAt(one, exponent), cellsAt(other, exponent)];
  const [rows, drawn] = [countsOf(first), countsOf(second)];
  const bins: CommonBin[] = [];
  for (const cell of joined([...first, ...second])) {
    const { low, high } = bordersOf(cell, exponent);
    const last = bins.at(-1);
    if (last !== undefined && last.high < low) bins.push({ low: last.high, high: low, rows: [0, 0] });
    bins.push({ low, high, rows: [rows.get(nameOf(cell)) ?? 0, drawn.get(nameOf(cell)) ?? 0] });
  }
  return bins;
}

function cellsAt(distribution: Distribution | null, exponent: number): readonly Cell[] {
  return distribution === null ? [] : coarsened(unpackCells(distribution.cells), exponent - distribution.cells.exponent);
}

function countsOf(cells: readonly Cell[]): ReadonlyMap<string, number> {
  return new Map(cells.map((cell) => [nameOf(cell), cell.rows]));
}

function nameOf({ log, even }: Cell): string {
  return `${log} ${even}`;
}
