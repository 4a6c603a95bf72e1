import { logGamma, type PairedCounts, type SeededRandom } from '@tidegate/runtime';

/** Two models that are compared on the same rows: on which share they disagree, and how much better the candidate truly is. */
export interface PairedWorld {
  readonly rows: number;
  /** The share of rows that just one of both gets right. */
  readonly disagreement: number;
  /** The candidate's accuracy less the champion's. */
  readonly change: number;
}

/** One sample of a world: how many rows only the candidate gets right, and how many only the champion. */
export function drawCounts({ rows, disagreement, change }: PairedWorld, random: SeededRandom): PairedCounts {
  const gaining = (disagreement + change) / 2;
  let [gained, lost] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const outcome = random.unit();
    if (outcome < gaining) gained++;
    else if (outcome < disagreement) lost++;
  }
  return { rows, gained, lost };
}

/**
 * Every sample of a world that has a chance of at least 1e-16, with its chance: the multinomial distribution of the rows gained and lost. What is
 * left out has together a chance below 1e-9.
 */
export function* everyCounts({
  rows,
  disagreement,
  change,
}: PairedWorld): Generator<{ readonly counts: PairedCounts; readonly chance: number }> {
  const [gaining, losing] = [(disagreement + change) / 2, (disagreement - change) / 2];
  const logRows = logGamma(rows + 1);
  for (let gained = 0; gained <= rows; gained++)
    for (let lost = 0; lost <= rows - gained; lost++) {
      const same = rows - gained - lost;
      const logWays = logRows - logGamma(gained + 1) - logGamma(lost + 1) - logGamma(same + 1);
      const chance = Math.exp(logWays + gained * Math.log(gaining) + lost * Math.log(losing) + same * Math.log(1 - disagreement));
      if (chance >= 1e-16) yield { counts: { rows, gained, lost }, chance };
      else if (lost > rows * losing) break;
    }
}
