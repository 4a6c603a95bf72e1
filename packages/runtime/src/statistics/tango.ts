import type { Difference, DifferenceOptions } from './estimate.ts';
import { normalCdf, normalQuantile } from './normal.ts';

/** Paired outcomes of two models on the same rows. */
export interface PairedCounts {
  readonly rows: number;
  /** Rows that only the candidate gets right. */
  readonly gained: number;
  /** Rows that only the champion gets right. */
  readonly lost: number;
}

/**
 * Score interval of the difference of two paired shares (Tango 1998, Statistics in Medicine 17:891). It needs no variance to be
 * estimated, so it holds where the models hardly ever differ, or never.
 */
export function tangoDifference(counts: PairedCounts, options: DifferenceOptions): Difference {
  const { rows, gained, lost } = counts;
  const z = normalQuantile(options.confidence);
  return {
    value: (gained - lost) / rows,
    low: differenceAt(z, counts),
    high: differenceAt(-z, counts),
    pInferior: normalCdf(-tangoScore(-options.margin, counts)),
    pWorse: normalCdf(tangoScore(0, counts)),
    standardError: Math.sqrt(gained + lost) / rows,
    method: 'tango',
  };
}

/** How many standard errors the observed difference lies above `difference`; falls as `difference` grows. */
export function tangoScore(difference: number, { rows, gained, lost }: PairedCounts): number {
  const a = 2 * rows;
  const b = -gained - lost + (2 * rows - gained + lost) * difference;
  const c = -lost * difference * (1 - difference);
  const q = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
  const variance = rows * (2 * q + difference * (1 - difference));
  const distance = gained - lost - rows * difference;
  if (variance <= 0) return distance === 0 ? 0 : distance * Number.POSITIVE_INFINITY;
  return distance / Math.sqrt(variance);
}

/** The difference whose score is `z`, by bisection: 60 halvings of -1..1. */
function differenceAt(z: number, counts: PairedCounts): number {
  let low = -1;
  let high = 1;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (tangoScore(middle, counts) > z) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
