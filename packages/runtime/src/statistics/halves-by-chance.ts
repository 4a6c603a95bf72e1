import type { HalvedCounts } from '@tidegate/formats';
import { normalQuantile } from './normal.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Up to so many rows each is drawn by itself. */
const mostDrawn = 2048;

/**
 * Counts of rows by bin in two halves, as if each row had been put into one of them by a coin: of the rows of a bin the first half has a binomial number. So what needs halves that were chosen by
 * chance needs no rows. Of many rows of a bin the number comes from the normal distribution, whose distribution function is within 0.0001 of the binomial one there.
 */
export function halvesByChance(counts: readonly number[], random: SeededRandom): HalvedCounts {
  const first = counts.map((rows) => heads(rows, random));
  return [first, counts.map((rows, bin) => rows - (first[bin] ?? 0))];
}

function heads(rows: number, random: SeededRandom): number {
  if (rows > mostDrawn) {
    const drawn = Math.round(rows / 2 + (Math.sqrt(rows) / 2) * normalQuantile(Math.max(random.unit(), 2 ** -53)));
    return Math.min(rows, Math.max(0, drawn));
  }
  let count = 0;
  for (let left = rows; left > 0; left -= 32) count += bitsOf(left >= 32 ? random.next() : random.next() >>> (32 - left));
  return count;
}

function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
