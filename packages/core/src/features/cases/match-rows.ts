import type { Cell, Row } from '@tidegate/runtime';
import type { CaseRow } from './case-file.ts';

/**
 * Compares rows with what was expected of them, in any order; only the columns that an expected row names count.
 *
 * @returns what differs, a sentence a line; empty when all match
 */
export function differencesOf(expected: readonly CaseRow[], found: readonly Row[]): readonly string[] {
  const left = [...found];
  const lines: string[] = [];
  const open: CaseRow[] = [];
  for (const row of expected) {
    const index = left.findIndex((candidate) => wrongCells(row, candidate).length === 0);
    if (index < 0) open.push(row);
    else left.splice(index, 1);
  }
  for (const row of open) {
    const nearest = left.toSorted((a, b) => wrongCells(row, a).length - wrongCells(row, b).length)[0];
    if (nearest === undefined || wrongCells(row, nearest).length === Object.keys(row).length) lines.push(`Missing: ${show(row)}`);
    else {
      left.splice(left.indexOf(nearest), 1);
      const wrong = wrongCells(row, nearest);
      const same = Object.keys(row).filter((column) => !wrong.includes(column));
      const who = same.map((column) => `${column} ${text(row[column])}`).join(', ');
      lines.push(
        `Row with ${who}: ${wrong.map((column) => `${column} should be ${text(row[column])}, is ${text(nearest[column])}`).join('; ')}`,
      );
    }
  }
  return [...lines, ...left.map((row) => `Not expected: ${show(row)}`)];
}

function wrongCells(expected: CaseRow, found: Row): readonly string[] {
  return Object.keys(expected).filter((column) => !matches(expected[column] ?? null, found[column] ?? null));
}

/** A number with digits after the point matches to as many digits as were written; anything else exactly. */
function matches(expected: Cell, found: Cell): boolean {
  if (typeof expected !== 'number' || typeof found !== 'number') return expected === found;
  const [, digits = ''] = /^-?\d+\.(\d+)$/.exec(String(expected)) ?? [];
  const tolerance = digits === '' ? 1e-9 * Math.max(Math.abs(expected), Math.abs(found)) : 0.5000001 * 10 ** -digits.length;
  return Math.abs(expected - found) <= tolerance;
}

function show(row: Row): string {
  return Object.entries(row)
    .map(([column, value]) => `${column} ${text(value)}`)
    .join(', ');
}

function text(value: Cell | undefined): string {
  return value === null || value === undefined ? 'nothing' : JSON.stringify(value);
}
