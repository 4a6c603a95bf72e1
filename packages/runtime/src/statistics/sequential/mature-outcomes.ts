import type { ArmSums } from './confidence-sequence.ts';

/** What came of one prediction of a live service. */
export interface LiveOutcome {
  /** Whose prediction it was. */
  readonly arm: 'candidate' | 'champion';
  /** When it was made, in ms since 1970. */
  readonly madeAtMs: number;
  /** How good it was, more is better: 1 for right and 0 for wrong, or minus a loss; null while nobody knows. */
  readonly score: number | null;
}

export interface ArmOutcomes extends ArmSums {
  /** Predictions that are old enough, and of which nobody knows what came of them. */
  readonly unlabelled: number;
  /** Predictions that are too young to count, whether or not their label is there. */
  readonly young: number;
}

/**
 * Sums of the predictions that are old enough for their labels. Labels that come early are not like those that come late (a loan that fails in its first
 * month), so that a prediction counts once `maturityMs` have passed, and then with whatever is known of it.
 */
export function matureOutcomes(
  outcomes: Iterable<LiveOutcome>,
  { nowMs, maturityMs }: { readonly nowMs: number; readonly maturityMs: number },
): { readonly candidate: ArmOutcomes; readonly champion: ArmOutcomes } {
  const found = { candidate: none(), champion: none() };
  for (const { arm, madeAtMs, score } of outcomes) {
    const sums = found[arm];
    if (madeAtMs > nowMs - maturityMs) sums.young++;
    else if (score === null) sums.unlabelled++;
    else {
      sums.rows++;
      sums.sum += score;
      sums.squares += score * score;
    }
  }
  return found;
}

function none(): { -readonly [name in keyof ArmOutcomes]: number } {
  return { rows: 0, sum: 0, squares: 0, unlabelled: 0, young: 0 };
}
