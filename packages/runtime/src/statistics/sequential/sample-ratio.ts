import { logGamma } from '../gamma.ts';

/** Weight of the split that is meant beside the rows that came, in rows: the mixture is Beta(weight * share, weight * (1 - share)). */
const weight = 100;

/**
 * Whether rows were divided between two arms as they were meant to be, at whatever moment it is asked: 1 over the Bayes factor of a split that may be any
 * beside the one that is meant, at most 1 (Lindon and Malek 2022, NeurIPS, "Anytime-valid inference for multinomial count data"). A small value says that
 * whoever divides them does not divide them by chance alone, and then no difference between the arms means anything.
 *
 * @param share of rows that the candidate was meant to get, above 0 and below 1
 */
export function sampleRatioP(candidateRows: number, championRows: number, share: number): number {
  const [meant, others] = [weight * share, weight * (1 - share)];
  const logMixture = logBeta(meant + candidateRows, others + championRows) - logBeta(meant, others);
  const logMeant = candidateRows * Math.log(share) + championRows * Math.log(1 - share);
  return Math.min(1, Math.exp(logMeant - logMixture));
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}
