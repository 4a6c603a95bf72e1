import { logGamma } from './gamma.ts';

/**
 * Exact one-sided bounds of a share, each at the confidence asked for (Clopper and Pearson 1934, Biometrika 26:404). No hit in n rows bounds the
 * share by about 3/n at 95 %.
 */
export function clopperPearson(hits: number, rows: number, confidence: number): { readonly low: number; readonly high: number } {
  const alpha = 1 - confidence;
  return {
    low: hits === 0 ? 0 : bisect((share) => 1 - atMost(hits - 1, rows, share) >= alpha),
    high: hits === rows ? 1 : bisect((share) => atMost(hits, rows, share) <= alpha),
  };
}

/** The least share that holds, of a statement that holds from some share on. */
function bisect(holdsAt: (share: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (holdsAt(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** P(X <= hits), X binomial. */
function atMost(hits: number, rows: number, share: number): number {
  if (share <= 0) return 1;
  if (share >= 1) return hits >= rows ? 1 : 0;
  const whole = logGamma(rows + 1);
  const [yes, no] = [Math.log(share), Math.log1p(-share)];
  let sum = 0;
  for (let k = 0; k <= hits; k++) sum += Math.exp(whole - logGamma(k + 1) - logGamma(rows - k + 1) + k * yes + (rows - k) * no);
  return Math.min(1, sum);
}
