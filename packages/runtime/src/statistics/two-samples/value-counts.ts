/** Two samples of numbers as their different values, ascending, and how many rows each sample has of them; the lists have equal lengths. */
export interface ValueCounts {
  /** May begin with -Infinity and end with Infinity; never NaN. */
  readonly values: ArrayLike<number>;
  readonly reference: ArrayLike<number>;
  readonly current: ArrayLike<number>;
}

/** Counts the values of two samples. NaN counts as missing; the two zeros are one value. */
export function countValues(reference: readonly number[], current: readonly number[]): ValueCounts {
  const counts = new Map<number, [number, number]>();
  for (const [sample, values] of [reference, current].entries())
    for (const value of values) {
      if (Number.isNaN(value)) continue;
      const own = counts.get(value) ?? [0, 0];
      own[sample === 0 ? 0 : 1]++;
      counts.set(value, own);
    }
  const sorted = [...counts].toSorted(([a], [b]) => a - b);
  return {
    values: sorted.map(([value]) => value),
    reference: sorted.map(([, [count]]) => count),
    current: sorted.map(([, [, count]]) => count),
  };
}

export interface Sizes {
  readonly reference: number;
  readonly current: number;
}

export function sizesOf({ reference, current }: Pick<ValueCounts, 'reference' | 'current'>): Sizes {
  return { reference: total(reference), current: total(current) };
}

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < counts.length; index++) sum += counts[index] ?? 0;
  return sum;
}

/** One of the different values with the rows that have it, and those that lie below. */
export interface Step {
  readonly value: number;
  readonly reference: number;
  readonly current: number;
  readonly below: Sizes;
}

/** The different values in ascending order; `below` of a step is only right until the next one is taken. */
export function* stepsOf({ values, reference, current }: ValueCounts): Generator<Step> {
  const below = { reference: 0, current: 0 };
  for (let index = 0; index < values.length; index++) {
    const [old, young] = [reference[index] ?? 0, current[index] ?? 0];
    yield { value: values[index] ?? Number.NaN, reference: old, current: young, below };
    below.reference += old;
    below.current += young;
  }
}
