import { type CategoryBins, compareCodeUnits } from '@tidegate/formats';
import type { BinnedColumn, Engine } from '@tidegate/runtime';
import { type CountedColumn, type CountedValue, countMissing, countValues, emptyBins, sizeOf } from './count-columns.ts';

/** Categories of two samples in the same bins. */
export interface ComparedCategories {
  readonly binned: BinnedColumn;
  /** The values that have bins of their own, as `binned` has them; one bin for all others that the reference has comes after them. */
  readonly values: readonly string[];
  /** A value that the reference never had, the most frequent of them; null when there is none. */
  readonly unseen: string | null;
}

/** More values than this are not looked at one by one: rarer ones count as never seen, or as rare where that is not told apart. */
const mostCounted = 100_000;
/** Values with a bin of their own at most, the share of all rows that earns one, and the rows it takes at least. */
const mostValues = 100;
const leastShare = 0.001;
const leastRows = 5;

type Halves = readonly [number, number];

/**
 * Counts the categories of a sample beside those of its reference. Which values get a bin of their own is decided by the rows of both samples together: chosen
 * by the reference alone, they would be those that happened to be many there, and seem to become fewer in any other sample.
 */
export async function currentCategories(engine: Engine, source: CountedColumn, reference: CategoryBins): Promise<ComparedCategories> {
  const counted = await countValues(engine, source, mostCounted);
  const totals = await countMissing(engine, source);
  const current = new Map(counted.flatMap(({ value, rows }) => (value === null ? [] : [[value, rows] as const])));
  const rest = ([0, 1] as const).map((half) => (totals[half]?.known ?? 0) - sum([...current.values()].map((rows) => rows[half])));
  return categoriesBeside(reference, {
    current,
    rest: [rest[0] ?? 0, rest[1] ?? 0],
    missing: [totals[0]?.missing ?? 0, totals[1]?.missing ?? 0],
  });
}

/** The same of categories that are counted already. */
export function categoriesBeside(reference: CategoryBins, now: CountedCategories): ComparedCategories {
  return reference.rare === null || reference.rareRows === undefined ? byReference(reference, now) : byBoth(reference, now);
}

export interface CountedCategories {
  readonly current: ReadonlyMap<string, Halves>;
  /** Rows of values that were not looked at one by one. */
  readonly rest: Halves;
  readonly missing: Halves;
}

/** Where not all values of the reference are known with their rows: its bins. */
function byReference({ values, rare, counts }: CategoryBins, { current, rest, missing }: CountedCategories): ComparedCategories {
  const binOf = new Map(values.map((value, bin) => [value, bin]));
  const known = rare === null ? null : new Set(rare);
  const [pooled, without, never] = [values.length, values.length + 1, values.length + 2];
  const own = emptyHalves(values.length + 3);
  for (const [value, rows] of current) add(own, binOf.get(value) ?? (known === null || known.has(value) ? pooled : never), rows);
  add(own, without, missing);
  add(own, known === null ? pooled : never, rest);
  const isUnseen = (value: string): boolean => known !== null && !known.has(value) && !binOf.has(value);
  return {
    binned: {
      kind: 'categories',
      valueBins: values.length + 1,
      reference: [
        [...counts[0], 0],
        [...counts[1], 0],
      ],
      current: own,
    },
    values,
    unseen: mostFrequent(current, isUnseen),
  };
}

function byBoth(reference: CategoryBins, { current, rest, missing }: CountedCategories): ComparedCategories {
  const before = referenceValues(reference);
  const names = [...new Set([...before.keys(), ...current.keys()])];
  const both = names.map((name) => ({ name, before: before.get(name) ?? none, now: current.get(name) ?? none }));
  const all = sum(both.map(sizeOfBoth)) + sum(rest);
  const frequent = both
    .filter((one) => sizeOfBoth(one) >= Math.max(leastRows, leastShare * all))
    .toSorted((a, b) => sizeOfBoth(b) - sizeOfBoth(a) || compareCodeUnits(a.name, b.name))
    .slice(0, mostValues);
  const values = frequent.filter((one) => sum(one.before) > 0).map(({ name }) => name);
  const binOf = new Map(values.map((name, bin) => [name, bin]));
  const [pooled, without, never] = [values.length, values.length + 1, values.length + 2];
  const [old, young] = [emptyHalves(values.length + 3), emptyHalves(values.length + 3)];
  for (const { name, before: was, now } of both) {
    const bin = binOf.get(name) ?? pooled;
    add(old, sum(was) === 1 ? never : bin, was);
    add(young, sum(was) === 0 ? never : bin, now);
  }
  const withoutBefore: Halves = [reference.counts[0].at(-1) ?? 0, reference.counts[1].at(-1) ?? 0];
  add(old, without, withoutBefore);
  add(young, without, missing);
  add(young, never, rest);
  const unseenRows = sum(young.map((half) => half[never] ?? 0));
  const others = { before: sum(both.map((one) => sum(one.before))), now: sum(both.map((one) => sum(one.now))) + sum(rest) };
  const inBins = { before: frequent.map((one) => sum(one.before)), now: frequent.map((one) => sum(one.now)) };
  return {
    binned: {
      kind: 'categories',
      valueBins: values.length + 1,
      reference: old,
      current: young,
      together: {
        bins: {
          reference: [...inBins.before, others.before - sum(inBins.before)],
          current: [...inBins.now, others.now - sum(inBins.now)],
        },
        novelty: { reference: others.before, current: others.now, multiplicities: multiplicitiesOf(both, sum(rest)), unseen: unseenRows },
      },
    },
    values,
    unseen: mostFrequent(current, (value) => !before.has(value)),
  };
}

const none: Halves = [0, 0];

type Growing = readonly [number[], number[]];

function emptyHalves(bins: number): Growing {
  return [emptyBins(bins), emptyBins(bins)];
}

function add(counts: Growing, bin: number, rows: Halves): void {
  for (const half of [0, 1] as const) counts[half][bin] = (counts[half][bin] ?? 0) + rows[half];
}

interface InBoth {
  readonly name: string;
  readonly before: Halves;
  readonly now: Halves;
}

function sizeOfBoth({ before, now }: InBoth): number {
  return sum(before) + sum(now);
}

function referenceValues({ values, rare, rareRows, counts }: CategoryBins): ReadonlyMap<string, Halves> {
  const frequent = values.map((value, bin): readonly [string, Halves] => [value, [counts[0][bin] ?? 0, counts[1][bin] ?? 0]]);
  const others = (rare ?? []).map((value, index): readonly [string, Halves] => [
    value,
    [rareRows?.[0][index] ?? 0, rareRows?.[1][index] ?? 0],
  ]);
  return new Map([...frequent, ...others]);
}

/** Values that were not counted one by one are taken as if each row had another, which asks most of what is unseen. */
function multiplicitiesOf(both: readonly InBoth[], rest: number) {
  const values = new Map<number, number>([[1, rest]]);
  for (const one of both) values.set(sizeOfBoth(one), (values.get(sizeOfBoth(one)) ?? 0) + 1);
  return [...values].map(([rows, count]) => ({ rows, values: count })).toSorted((a, b) => a.rows - b.rows);
}

function mostFrequent(current: ReadonlyMap<string, Halves>, isWanted: (value: string) => boolean): string | null {
  let most: CountedValue | null = null;
  for (const [value, rows] of current) if (isWanted(value) && (most === null || sum(rows) > sizeOf(most))) most = { value, rows };
  return most?.value ?? null;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
