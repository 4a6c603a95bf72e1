import { logGamma } from '@tidegate/runtime';

/** The chance of a class that was never seen up to which those seen are taken for all there are. */
export const closedChance = 0.005;

/** Evenness of classes tried: 0.1 of very unequal ones, 10 of equal ones. */
const evennesses = Array.from({ length: 25 }, (_, index) => 0.1 * 10 ** (index / 12));

/**
 * The chance that rows which come next have a class that none of the rows so far had.
 *
 * The counts are taken to come from a symmetric Dirichlet distribution, whose evenness is averaged over, weighted by how well it explains them (a prior of 1/evenness). There is
 * taken to be one class more than was seen: it must have been missed by all rows so far and turn up in one of the next. Where a class was seen once, this is about what
 * Good and Turing estimate (singletons by rows), and never less.
 *
 * @param counts how many rows have each class, all of them above 0
 */
export function chanceOfUnseenClass(counts: readonly number[], next: number): number {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  if (rows === 0 || counts.length < 2) return 1;
  const singletons = counts.filter((count) => count === 1).length;
  const goodTuring = 1 - Math.exp((-next * singletons) / rows);
  const tried = evennesses.map((evenness) => ({ evenness, log: logLikelihood(counts, rows, evenness) }));
  const best = tried.reduce((most, { log }) => Math.max(most, log), Number.NEGATIVE_INFINITY);
  const weights = tried.map(({ log }) => Math.exp(log - best));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const missed = tried.reduce(
    (total, { evenness }, index) => total + ((weights[index] ?? 0) / sum) * missedThenSeen(counts.length, { evenness, rows, next }),
    0,
  );
  return Math.min(1, Math.max(goodTuring, missed));
}

/** Of as many classes as were seen; what does not depend on the evenness is left out. */
function logLikelihood(counts: readonly number[], rows: number, evenness: number): number {
  const all = evenness * counts.length;
  return counts.reduce((sum, count) => sum + logGamma(count + evenness) - logGamma(evenness), logGamma(all) - logGamma(all + rows));
}

function missedThenSeen(
  classes: number,
  { evenness, rows, next }: { readonly evenness: number; readonly rows: number; readonly next: number },
): number {
  const others = classes * evenness;
  const missedBy = (count: number): number =>
    Math.exp(logGamma(others + count) - logGamma(others) - (logGamma(others + evenness + count) - logGamma(others + evenness)));
  return missedBy(rows) - missedBy(rows + next);
}
