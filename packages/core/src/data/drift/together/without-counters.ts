import type { LeftOut } from './embedding.ts';
import type { SampledRows } from './sampled-rows.ts';

/** With fewer rows whole numbers may all differ by chance. */
const leastRows = 50;

/** Two samples without the columns that number rows: names, of which new rows have new ones, tell samples apart and say nothing. */
export function withoutCounters([before, now]: readonly [SampledRows, SampledRows]): {
  readonly samples: readonly [SampledRows, SampledRows];
  readonly leftOut: readonly LeftOut[];
} {
  const counters = [...before.numbers].filter(([, values]) => isCounter(values)).map(([name]) => name);
  const without = (rows: SampledRows): SampledRows => ({
    ...rows,
    numbers: new Map([...rows.numbers].filter(([name]) => !counters.includes(name))),
  });
  const reason = 'each row has another whole number in it, as a name does';
  return { samples: [without(before), without(now)], leftOut: counters.map((column) => ({ column, reason })) };
}

function isCounter(values: Float64Array): boolean {
  if (values.length < leastRows) return false;
  return values.every(Number.isInteger) && new Set(values).size === values.length;
}
