import { judgeNonInferiority, type PairedCounts, tangoDifference } from '@tidegate/runtime';

/** What a gate says of a sample. */
export interface Said {
  readonly newIsBest: boolean;
  readonly dropOfHalfAPoint: boolean;
  readonly passes: boolean;
  /** The upper bound lies below 0. */
  readonly provenWorse: boolean;
  readonly inconclusive: boolean;
}

export const sayings: readonly (keyof Said)[] = ['newIsBest', 'dropOfHalfAPoint', 'passes', 'provenWorse', 'inconclusive'];

/** Margin and confidence of the gate that is looked at. */
export const options = { confidence: 0.95, margin: 0.01 };

/** The two gates that compare two numbers, and the one of Tidegate with a margin of one point: the functions that a run calls. */
export function judge(counts: PairedCounts): Said {
  const { rows, gained, lost } = counts;
  const difference = tangoDifference(counts, options);
  const { verdict } = judgeNonInferiority(difference, { ...options, rows });
  return {
    newIsBest: gained >= lost,
    dropOfHalfAPoint: gained - lost >= -0.005 * rows,
    passes: verdict === 'pass',
    provenWorse: difference.high < 0,
    inconclusive: verdict === 'inconclusive',
  };
}

/** Judges a sample once, however often it is drawn. */
export function rememberingJudge(): (counts: PairedCounts) => Said {
  const known = new Map<number, Said>();
  return (counts) => {
    const key = counts.gained * (counts.rows + 1) + counts.lost;
    const before = known.get(key);
    if (before !== undefined) return before;
    const said = judge(counts);
    known.set(key, said);
    return said;
  };
}
