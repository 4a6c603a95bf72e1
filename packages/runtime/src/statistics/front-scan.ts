import { logGamma } from './gamma.ts';

/** What stands out at the front of an order of rows of two samples. */
export interface FrontScan {
  /** Of the hypothesis that which rows are the current ones is chance; exact. */
  readonly pValue: number;
  /** Rows of the front in which the current ones are least chance. */
  readonly rows: number;
  /** Current ones among them. */
  readonly current: number;
}

/** Fronts of more rows are not looked at, nor those of more than a share of all: what is more than that is no front. */
const mostRows = 500;
const mostShare = 0.25;

/**
 * Whether the first rows of an order are current ones more often than chance lets them be, whatever their number: of the fronts of 1, 2, 3, 4, 6, 8, 11, 16, … rows, each
 * longer than the one before by the root of two, the one counts whose hypergeometric tail is least. The order must not depend on which rows are the current ones; ties must be broken by chance.
 *
 * That the least tail of all fronts is at most what was found has the chance that a path, one step for each row, comes to a front with such a tail: it is counted, step by step,
 * over all orders of the samples that are equally likely, as for the Kolmogorov-Smirnov statistic (Hodges 1957, Arkiv för Matematik 3:469). So it is exact, with all fronts taken into account.
 *
 * @param isCurrent by row, in this order
 * @returns null when a sample is empty or there are fewer than four rows
 */
export function frontScanTest(isCurrent: readonly boolean[]): FrontScan | null {
  const all = isCurrent.length;
  const drawn = isCurrent.filter(Boolean).length;
  const most = Math.min(mostRows, Math.floor(all * mostShare));
  if (drawn === 0 || drawn === all || most < 1) return null;
  const tails = new Map(frontsUpTo(most).map((front) => [front, tailsOf(front, { all, drawn })]));
  let best = { tail: 1, rows: 0, current: 0 };
  let current = 0;
  for (let rows = 1; rows <= most; rows++) {
    if (isCurrent[rows - 1] === true) current++;
    const tail = tails.get(rows)?.[current] ?? 1;
    if (tail < best.tail) best = { tail, rows, current };
  }
  if (best.rows === 0) return { pValue: 1, rows: 0, current: 0 };
  return { pValue: Math.min(1, chanceOf(tails, best.tail * (1 + 1e-9), { all, drawn, most })), rows: best.rows, current: best.current };
}

function frontsUpTo(most: number): readonly number[] {
  const steps = Math.ceil(2 * Math.log2(most + 1));
  return [...new Set(Array.from({ length: steps + 1 }, (_, step) => Math.round(Math.SQRT2 ** step)))].filter((front) => front <= most);
}

interface Counts {
  readonly all: number;
  readonly drawn: number;
}

/** By number of current rows: the chance that a front has so many of them or more. */
function tailsOf(front: number, { all, drawn }: Counts): Float64Array {
  const tails = new Float64Array(front + 2);
  const whole = logChoose(all, front);
  for (let current = front; current >= 0; current--) {
    const isPossible = current <= drawn && front - current <= all - drawn;
    const chance = isPossible ? Math.exp(logChoose(drawn, current) + logChoose(all - drawn, front - current) - whole) : 0;
    tails[current] = (tails[current + 1] ?? 0) + chance;
  }
  return tails;
}

/** The chance that any front has a tail of at most `least`. */
function chanceOf(
  tails: ReadonlyMap<number, Float64Array>,
  least: number,
  { all, drawn, most }: Counts & { readonly most: number },
): number {
  let reached = 0;
  // chance of each number of current rows among those so far, of paths that have not come there yet
  let paths = Float64Array.of(1);
  for (let rows = 1; rows <= most; rows++) {
    const next = new Float64Array(rows + 1);
    for (let current = 0; current < rows; current++) {
      const chance = paths[current] ?? 0;
      if (chance === 0) continue;
      const isNext = Math.max(0, drawn - current) / (all - rows + 1);
      next[current + 1] = (next[current + 1] ?? 0) + chance * isNext;
      next[current] = (next[current] ?? 0) + chance * (1 - isNext);
    }
    for (let current = 0; current <= rows; current++) {
      if ((tails.get(rows)?.[current] ?? 1) > least) continue;
      reached += next[current] ?? 0;
      next[current] = 0;
    }
    paths = next;
  }
  return reached;
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
