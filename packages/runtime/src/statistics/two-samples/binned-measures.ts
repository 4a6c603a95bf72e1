import type { BinCounts } from '../homogeneity.ts';

/** What a measure is at least and at most, whatever values the rows of each bin have. */
export interface Bracket {
  readonly least: number;
  readonly most: number;
}

/** The measures of numbers of which only bins are known, each between two bounds that no rows in these bins can break. */
export interface BinnedMeasures {
  readonly kolmogorovSmirnov: Bracket;
  /** Chance that a current row is larger than one of the reference. */
  readonly above: Bracket;
  readonly wasserstein: Bracket;
  readonly energy: Bracket;
}

/**
 * Bounds of measures from bins. Bin i has what is above `edges[i]` and at most `edges[i + 1]`, its first edge included in the first one; all rows are in some bin.
 *
 * Within a bin both distribution functions only rise, from their values at its lower edge (F, G) to those at its upper one (F', G'). So their difference
 * there is at most max(F' - G, G' - F), and at least the gap between the intervals [F, F'] and [G, G'] if they have one; at the edges it is known. Rows of the
 * same bin may be in any order. With all bins of at most a share s of the rows of either sample, the Kolmogorov-Smirnov bounds differ by at most s.
 *
 * @returns null when a sample is empty
 */
export function binnedMeasures({ reference, current }: BinCounts, edges: readonly number[]): BinnedMeasures | null {
  const [rows, drawn] = [sum(reference), sum(current)];
  if (rows === 0 || drawn === 0) return null;
  let [f, g, surelyAbove, tied] = [0, 0, 0, 0];
  const ks = { least: 0, most: 0 };
  const [first, second] = [
    { least: 0, most: 0 },
    { least: 0, most: 0 },
  ];
  for (const [bin, count] of reference.entries()) {
    const own = current[bin] ?? 0;
    surelyAbove += (own / drawn) * f;
    tied += (own / drawn) * (count / rows);
    const [nextF, nextG] = [f + count / rows, g + own / drawn];
    const most = Math.max(nextF - g, nextG - f, 0);
    const gap = Math.max(f - nextG, g - nextF, 0);
    const width = (edges[bin + 1] ?? 0) - (edges[bin] ?? 0);
    ks.least = Math.max(ks.least, Math.abs(nextF - nextG));
    ks.most = Math.max(ks.most, most);
    first.least += gap * width;
    first.most += most * width;
    second.least += gap * gap * width;
    second.most += most * most * width;
    [f, g] = [nextF, nextG];
  }
  return {
    kolmogorovSmirnov: { least: ks.least, most: Math.min(1, ks.most) },
    above: { least: surelyAbove, most: Math.min(1, surelyAbove + tied) },
    wasserstein: first,
    energy: { least: Math.sqrt(2 * second.least), most: Math.sqrt(2 * second.most) },
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
