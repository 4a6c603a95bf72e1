import type { CategoryBins, ColumnMeasures, ColumnPart, FrequentValues, HalvedCounts } from '@tidegate/formats';
import { byFrequency, type CountError, halvesByChance, type SeededRandom } from '@tidegate/runtime';
import { categoriesBeside } from '../current-categories.ts';
import { exactClassMeasures } from '../exact-measures.ts';
import type { CountedAs } from '../large-numbers.ts';
import { frequentOf } from '../reference-column.ts';
import type { ComparedParts } from './compared-parts.ts';

/** Categories of two profiles that both list all values: what their rows would say, but for the halves, which chance chooses either way. */
export function categoriesOfProfiles(
  before: ColumnPart,
  after: ColumnPart,
  { column, rows, random }: { readonly column: CountedAs; readonly rows: number; readonly random: SeededRandom },
): ComparedParts {
  const listed = byFrequency(before.values ?? nothing);
  const frequent = frequentOf(listed, rows, ({ count }) => count);
  const others = listed.slice(frequent.length);
  const counts = halvesByChance(
    frequent.map(({ count }) => count),
    random,
  );
  const rareRows = halvesByChance(
    others.map(({ count }) => count),
    random,
  );
  const missing = halvesByChance([missingOf(before)], random);
  const reference: CategoryBins = {
    ...named(column),
    values: frequent.map(({ value }) => value),
    rare: others.map(({ value }) => value),
    rareRows,
    counts: withBins(counts, [sums(rareRows), missing]),
  };
  const current = categoriesBeside(reference, {
    current: halvesByValue(after.values ?? nothing, random),
    rest: [0, 0],
    missing: pair(halvesByChance([missingOf(after)], random)),
  });
  return { current: { reference, mean: null, ...current }, measures: measuresOf(before, after), histogram: null };
}

const nothing: FrequentValues = { values: [], error: 0 };

function named({ name, type, role }: CountedAs) {
  return { kind: 'categories', column: name, type, role, usual: null, usualMissing: null } as const;
}

function measuresOf({ values: old }: ColumnPart, { values: young }: ColumnPart): ColumnMeasures | null {
  const [before, after] = [new Map(old?.values), new Map(young?.values)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return exactClassMeasures(
    names.map((name) => before.get(name) ?? 0),
    names.map((name) => after.get(name) ?? 0),
  );
}

/** Values with a bin of their own at most, the share of all rows that earns one, and how many times the error of its rows. */
const mostValues = 100;
const leastShare = 0.001;
const leastErrors = 50;

/**
 * Categories of which a profile lists the frequent ones only: bins for those of both samples together, and one for all others. With undercounts of at most e and f a value, k bins and what is not
 * listed of n and m rows, the distance of the rows is less by at most k (e / n + f / m), and more by as much and by what neither lists, for that may be all of different values.
 */
export function listedCategories(
  before: ColumnPart,
  after: ColumnPart,
  {
    column,
    rows,
    random,
  }: { readonly column: CountedAs; readonly rows: { readonly before: number; readonly after: number }; readonly random: SeededRandom },
): ComparedParts {
  const [old, young] = [before.values ?? nothing, after.values ?? nothing];
  const [counts, drawn] = [new Map(old.values), new Map(young.values)];
  const known = { before: rows.before - missingOf(before), after: rows.after - missingOf(after) };
  const size = (name: string): number => (counts.get(name) ?? 0) + (drawn.get(name) ?? 0);
  const least = Math.max(leastShare * (known.before + known.after), leastErrors * (old.error + young.error));
  const names = [...new Set([...counts.keys(), ...drawn.keys()])]
    .filter((name) => size(name) >= least)
    .toSorted((a, b) => size(b) - size(a) || (a < b ? -1 : 1))
    .slice(0, mostValues);
  const own = ([of, all]: readonly [ReadonlyMap<string, number>, number]): readonly number[] => {
    const listed = names.map((name) => of.get(name) ?? 0);
    return [...listed, all - listed.reduce((sum, count) => sum + count, 0)];
  };
  const [reference, current] = [own([counts, known.before]), own([drawn, known.after])];
  const [halves, currentHalves] = [halvesByChance(reference, random), halvesByChance(current, random)];
  const bins: CategoryBins = {
    ...named(column),
    values: names,
    rare: null,
    counts: withBins(halves, [halvesByChance([missingOf(before)], random)]),
  };
  const beside = categoriesBeside(bins, {
    current: new Map(names.map((name, bin) => [name, [currentHalves[0][bin] ?? 0, currentHalves[1][bin] ?? 0]])),
    rest: [currentHalves[0].at(-1) ?? 0, currentHalves[1].at(-1) ?? 0],
    missing: pair(halvesByChance([missingOf(after)], random)),
  });
  const less = Math.min(1, names.length * (old.error / Math.max(1, known.before) + young.error / Math.max(1, known.after)));
  const unlisted = Math.min((reference.at(-1) ?? 0) / Math.max(1, known.before), (current.at(-1) ?? 0) / Math.max(1, known.after));
  const error: CountError = { less, more: less + unlisted };
  return {
    current: { reference: bins, mean: null, ...beside, binned: { ...beside.binned, error } },
    measures: boundsOf(reference, current, error),
    histogram: null,
  };
}

function boundsOf(reference: readonly number[], current: readonly number[], { less, more }: CountError): ColumnMeasures | null {
  const found = exactClassMeasures(reference, current);
  if (found?.of !== 'classes') return null;
  const { totalVariation: value } = found;
  return {
    of: 'listed classes',
    listed: reference.length - 1,
    totalVariation: { least: Math.max(0, value - less), most: Math.min(1, value + more) },
  };
}

function missingOf({ nulls, notNumbers }: ColumnPart): number {
  return nulls + notNumbers;
}

function halvesByValue({ values }: FrequentValues, random: SeededRandom): ReadonlyMap<string, readonly [number, number]> {
  const [first, second] = halvesByChance(
    values.map(([, rows]) => rows),
    random,
  );
  return new Map(values.map(([value], at) => [value, [first[at] ?? 0, second[at] ?? 0]]));
}

function sums([first, second]: HalvedCounts): HalvedCounts {
  const all = (counts: readonly number[]): readonly number[] => [counts.reduce((sum, count) => sum + count, 0)];
  return [all(first), all(second)];
}

function pair([[first = 0], [second = 0]]: HalvedCounts): readonly [number, number] {
  return [first, second];
}

function withBins([first, second]: HalvedCounts, more: readonly HalvedCounts[]): HalvedCounts {
  return [
    [...first, ...more.flatMap(([own]) => own)],
    [...second, ...more.flatMap(([, own]) => own)],
  ];
}
