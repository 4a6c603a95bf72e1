import { type ColumnPart, type FrequentValues, invariant, type ProfilePart, type TextPatterns } from '@tidegate/formats';
import { mergeDistributions } from './distribution.ts';
import { mergeFrequent, type MergeLimits, wholeLimits } from './frequent-values.ts';
import { mergeRegisters } from './registers.ts';

/**
 * The profile part of the rows of all parts, which have the same columns. Counts, ranges, cells, registers and complete lists of values are exactly those of all rows measured at
 * once, in whatever order parts are merged; moments but for rounding; of lists that are not complete the error says how far they may be off.
 *
 * @param limits of lists that are not complete
 * @throws when they were hashed differently, or have other columns
 */
export function mergeParts([first, ...more]: readonly [ProfilePart, ...ProfilePart[]], limits: MergeLimits = wholeLimits): ProfilePart {
  if (more.length === 0) return first;
  for (const { hash, columns } of more) {
    invariant(hash === first.hash, 'Only parts whose values were hashed alike can be merged');
    const isAlike =
      columns.length === first.columns.length && columns.every(({ name, type }, at) => isColumn(first.columns[at], name, type));
    invariant(isAlike, 'Only parts with the same columns can be merged');
  }
  const all = [first, ...more];
  return {
    ...first,
    rows: all.reduce((sum, { rows }) => sum + rows, 0),
    columns: first.columns.map((column, at) =>
      mergeColumns(
        column,
        all.flatMap(({ columns }) => columns[at] ?? []),
        limits,
      ),
    ),
  };
}

function isColumn(column: ColumnPart | undefined, name: string, type: ColumnPart['type']): boolean {
  return column !== undefined && column.name === name && column.type === type;
}

function mergeColumns({ name, type }: ColumnPart, all: readonly ColumnPart[], limits: MergeLimits): ColumnPart {
  const sum = (of: (column: ColumnPart) => number): number => all.reduce((total, column) => total + of(column), 0);
  return {
    name,
    type,
    nulls: sum((column) => column.nulls),
    notNumbers: sum((column) => column.notNumbers),
    below: sum((column) => column.below),
    above: sum((column) => column.above),
    first: all.reduce<string | null>((found, column) => (isBehind(found, column.first) ? column.first : found), null),
    last: all.reduce<string | null>(
      (found, column) => (isBehind(column.last, found) || found === null ? (column.last ?? found) : found),
      null,
    ),
    numbers: mergeDistributions(all.map((column) => column.numbers)),
    lengths: mergeDistributions(all.map((column) => column.lengths)),
    registers: mergeRegisters(all.map((column) => column.registers)),
    values: mergeValues(
      type,
      all.map((column) => column.values),
      limits,
    ),
    patterns: mergePatterns(
      all.flatMap((column) => column.patterns ?? []),
      limits,
    ),
  };
}

/** Whether a text comes after another, or is none where the other is one: by code points, as the engine orders texts. */
function isBehind(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return one === null && other !== null;
  const [signs, others] = [[...one], [...other]];
  const at = signs.findIndex((sign, place) => sign !== others[place]);
  return at >= 0 && (signs[at]?.codePointAt(0) ?? -1) > (others[at]?.codePointAt(0) ?? -1);
}

/** A list of frequent texts is worth something when it is not complete; one of numbers is not, for they have cells. */
function mergeValues(type: ColumnPart['type'], all: readonly (FrequentValues | null)[], { values }: MergeLimits): FrequentValues | null {
  const known = all.filter((one) => one !== null);
  if (known.length < all.length) return null;
  const merged = mergeFrequent(known, values);
  return merged.error > 0 && type !== 'string' ? null : merged;
}

function mergePatterns(all: readonly TextPatterns[], { patterns }: MergeLimits): TextPatterns | null {
  if (all.length === 0) return null;
  return { ...mergeFrequent(all, patterns), rows: all.reduce((sum, { rows }) => sum + rows, 0) };
}
