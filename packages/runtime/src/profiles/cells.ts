import type { ProfileCells } from '@tidegate/formats';

/** Rows whose value lies in one bin of equal relative width and in one bin of equal width. */
export interface Cell {
  readonly log: number;
  readonly even: number;
  readonly rows: number;
}

/**
 * Bins of equal relative width: each reaches e^(1/50) = 1.0202 times as far as the one before, so that its middle is at most 1 % from any value in it. They
 * go from e^-320 (1e-139), below which a number counts as zero, to e^320.
 */
export const logBins = { perUnit: 50, least: 1e-139, zero: 16_001, last: 32_001 } as const;

/** Bins of equal width over the range of a column, at most. */
export const mostEvenBins = 512;

/** Smallest exponents: of what is all zeros, and below the last digit of the largest number. */
const leastExponent = -1000;
const digitsOfDouble = 52;

/**
 * The exponent e of the narrowest bins of width 2^e of which at most {@link mostEvenBins} cover a range. It depends on the range alone and
 * grows with it, so whoever merges narrow bins into wider ones gets the same counts as whoever had those from the start.
 */
export function exponentFor(min: number, max: number): number {
  const largest = Math.max(Math.abs(min), Math.abs(max));
  const least = largest === 0 ? leastExponent : Math.max(leastExponent, Math.floor(Math.log2(largest)) - digitsOfDouble);
  const halfRange = max / 2 - min / 2; // the whole one may be wider than the largest number
  const near = halfRange === 0 ? least : Math.floor(Math.log2(halfRange)) - Math.log2(mostEvenBins);
  let exponent = Math.max(least, near);
  while (evenBin(max, exponent) - evenBin(min, exponent) >= mostEvenBins) exponent += 1;
  return exponent;
}

/** The bin of equal width that a value is in: it ends at this times 2^exponent, its end included. */
export function evenBin(value: number, exponent: number): number {
  return unsigned(Math.ceil(Math.abs(value) < logBins.least ? 0 : value / 2 ** exponent));
}

/** The bin of equal relative width: positive for positive numbers, 0 for zero. A power of the width belongs to the bin that ends with it. */
export function logBin(value: number): number {
  const size = Math.abs(value);
  if (size < logBins.least) return 0;
  const steps = logBins.perUnit * Math.log(size);
  const bin = (value > 0 ? Math.ceil(steps) : Math.floor(steps) + 1) + logBins.zero;
  return Math.sign(value) * Math.min(Math.max(bin, 1), logBins.last);
}

/** Cells of numbers that are at hand, for few of them. */
export function cellsOf(values: Iterable<readonly [value: number, rows: number]>, exponent: number): readonly Cell[] {
  return joined(Array.from(values, ([value, rows]) => ({ log: logBin(value), even: evenBin(value, exponent), rows })));
}

export function packCells(exponent: number, cells: readonly Cell[]): ProfileCells {
  const [log, even] = [cells.map((cell) => cell.log), cells.map((cell) => cell.even)];
  return { exponent, log: steps(log), even: steps(even), rows: cells.map(({ rows }) => rows) };
}

export function unpackCells({ log, even, rows }: ProfileCells): readonly Cell[] {
  const [logs, evens] = [sums(log), sums(even)];
  return rows.map((count, at) => ({ log: logs[at] ?? 0, even: evens[at] ?? 0, rows: count }));
}

/** The cells that the same rows have with wider bins. */
export function coarsened(cells: readonly Cell[], steps: number): readonly Cell[] {
  return steps === 0 ? cells : joined(cells.map((cell) => ({ ...cell, even: unsigned(Math.ceil(cell.even / 2 ** steps)) })));
}

/** Sorts cells, and makes those that are one cell one. */
export function joined(cells: readonly Cell[]): readonly Cell[] {
  let [least, greatest] = [Infinity, -Infinity];
  for (const { even } of cells) [least, greatest] = [Math.min(least, even), Math.max(greatest, even)];
  const width = greatest - least + 1;
  if (width > mostEvenPlaces) return joinedFarApart(cells);
  // both bins as one small whole number, the fastest key there is
  const rows = new Map<number, number>();
  for (const cell of cells) {
    const place = (cell.log + logBins.last) * width + (cell.even - least);
    rows.set(place, (rows.get(place) ?? 0) + cell.rows);
  }
  return Array.from(Int32Array.from(rows.keys()).sort(), (place) => {
    const even = place % width;
    return { log: (place - even) / width - logBins.last, even: even + least, rows: rows.get(place) ?? 0 };
  });
}

/** Bins of equal width over all cells with which the numbers of both bins make one of 30 bits. */
const mostEvenPlaces = Math.floor(2 ** 30 / (2 * logBins.last + 1));

function joinedFarApart(cells: readonly Cell[]): readonly Cell[] {
  const logs = new Map<number, Map<number, number>>();
  for (const { log, even, rows } of cells) {
    const evens = logs.get(log) ?? new Map<number, number>();
    logs.set(log, evens.set(even, (evens.get(even) ?? 0) + rows));
  }
  const found = [...logs].flatMap(([log, evens]) => Array.from(evens, ([even, rows]) => ({ log, even, rows })));
  return found.toSorted((a, b) => a.log - b.log || a.even - b.even);
}

/** Cells in their order, by bins and not by steps. */
interface CellLists {
  readonly log: readonly number[];
  readonly even: readonly number[];
  readonly rows: readonly number[];
}

/** The cells of the rows of all, with bins of equal width that are 2^`exponent` wide, no less than any of theirs. Makes no object of a cell, for there are very many. */
export function mergeCells(all: readonly ProfileCells[], exponent: number): ProfileCells {
  const merged = all.map((one) => widened(one, exponent)).reduce(mergeLists);
  return { exponent, log: steps(merged.log), even: steps(merged.even), rows: merged.rows };
}

/** In wider bins the order is the same, and cells that are one now are neighbours. */
function widened(cells: ProfileCells, exponent: number): CellLists {
  const logs = sums(cells.log);
  const evens = sums(cells.even);
  if (cells.exponent === exponent) return { log: logs, even: evens, rows: cells.rows };
  const factor = 2 ** (exponent - cells.exponent);
  const log: number[] = [];
  const even: number[] = [];
  const rows: number[] = [];
  for (const [at, count] of cells.rows.entries()) {
    const bin = unsigned(Math.ceil((evens[at] ?? 0) / factor));
    if (log.at(-1) === logs[at] && even.at(-1) === bin) rows[rows.length - 1] = (rows.at(-1) ?? 0) + count;
    else {
      log.push(logs[at] ?? 0);
      even.push(bin);
      rows.push(count);
    }
  }
  return { log, even, rows };
}

function mergeLists(one: CellLists, other: CellLists): CellLists {
  const log: number[] = [];
  const even: number[] = [];
  const rows: number[] = [];
  let at = 0;
  let place = 0;
  while (at < one.rows.length || place < other.rows.length) {
    const order = orderOf(one, at, other, place);
    const from = order <= 0 ? one : other;
    const index = order <= 0 ? at : place;
    log.push(from.log[index] ?? 0);
    even.push(from.even[index] ?? 0);
    rows.push((order <= 0 ? (one.rows[at] ?? 0) : 0) + (order >= 0 ? (other.rows[place] ?? 0) : 0));
    if (order <= 0) at += 1;
    if (order >= 0) place += 1;
  }
  return { log, even, rows };
}

/** Below 0 when the next cell is that of `one`, 0 when both have it. */
function orderOf(one: CellLists, at: number, other: CellLists, place: number): number {
  if (at >= one.rows.length) return 1;
  if (place >= other.rows.length) return -1;
  return (one.log[at] ?? 0) - (other.log[place] ?? 0) || (one.even[at] ?? 0) - (other.even[place] ?? 0);
}

/** The values of a cell: above `low`, up to `high`. */
export interface Borders {
  readonly low: number;
  readonly high: number;
}

export function bordersOf({ log, even }: Cell, exponent: number): Borders {
  const width = 2 ** exponent;
  const bin = bordersOfLog(log);
  return { low: Math.max(bin.low, (even - 1) * width), high: Math.min(bin.high, even * width) };
}

function bordersOfLog(bin: number): Borders {
  if (bin === 0) return { low: -logBins.least, high: logBins.least };
  const size = Math.abs(bin) - logBins.zero;
  const inner = Math.abs(bin) === 1 ? logBins.least : Math.exp((size - 1) / logBins.perUnit);
  const outer = Math.abs(bin) === logBins.last ? Number.MAX_VALUE : Math.exp(size / logBins.perUnit);
  return bin > 0 ? { low: inner, high: outer } : { low: -outer, high: -inner };
}

function sums(each: readonly number[]): readonly number[] {
  let sum = 0;
  return each.map((step) => (sum += step));
}

/** The first, and then how much more each is than the one before. */
function steps(each: readonly number[]): readonly number[] {
  return each.map((value, at) => value - (at === 0 ? 0 : (each[at - 1] ?? 0)));
}

/** A zero has no sign. */
function unsigned(value: number): number {
  return value === 0 ? 0 : value;
}
