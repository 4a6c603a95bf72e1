import { fisherExactTest, type TwoShares } from '../fisher-exact.ts';
import { normalCdf } from '../normal.ts';

export interface ProportionsTest {
  /** Positive when the current share is larger. */
  readonly z: number;
  /** Two-sided. */
  readonly pValue: number;
  /** Of Fisher's exact test, as twice the smaller tail. */
  readonly exactPValue: number;
}

/** The z test of two shares with the variance of both together, whose square is Pearson's chi-square; null when no row or every row is a hit, or a sample is empty. */
export function proportionsTest(shares: TwoShares): ProportionsTest | null {
  const exactPValue = fisherExactTest(shares);
  if (exactPValue === null) return null;
  const { reference, current } = shares;
  const pooled = (reference.hits + current.hits) / (reference.rows + current.rows);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / reference.rows + 1 / current.rows));
  const z = (current.hits / current.rows - reference.hits / reference.rows) / error;
  return { z, pValue: Math.min(1, 2 * normalCdf(-Math.abs(z))), exactPValue };
}
