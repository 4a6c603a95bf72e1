import { normalCdf, normalQuantile, seededRandom, tellApart } from '@tidegate/runtime';
import type { FoundEffect, JointLimits } from './finding.ts';
import { type PooledFeature, pooledFeatures } from './pooled-features.ts';
import type { SampledRows } from './sampled-rows.ts';
import { smallestAuc } from './smallest-effect.ts';

/** More columns cost more time than they tell. */
const mostColumns = 200;

/**
 * Whether a classifier tells rows of the two samples apart by all columns together, and by which.
 *
 * @returns null with fewer than two columns or too few rows
 */
export function toldApart(
  reference: SampledRows,
  current: SampledRows,
  { floor, confidence, seed, mostNamed = 10 }: JointLimits,
): FoundEffect | null {
  const features = pooledFeatures(reference, current).slice(0, mostColumns);
  if (features.length < 2) return null;
  const isCurrent = new Uint8Array(reference.rows + current.rows).fill(1, reference.rows);
  // by chance: rows may come in an order in which every second one is of another kind
  const random = seededRandom(seed);
  const halves = isCurrent.map(() => random.below(2));
  const found = tellApart(features, { isCurrent, halves }, { confidence, seed, mostNamed });
  if (found === null) return null;
  return {
    name: 'classifier',
    columns: features.map(({ name }) => name),
    measure: 'auc',
    value: found.auc,
    low: found.low,
    high: found.high,
    pValue: found.pValue,
    limit: aucOf(floor),
    smallest: (level) => smallestAuc({ value: found.auc, high: found.high, limit: aucOf(floor), confidence }, level),
    telling: tellingColumns(features, found.telling),
    pairs: [],
    rows: current.rows,
    referenceRows: reference.rows,
  };
}

function tellingColumns(
  features: readonly PooledFeature[],
  telling: readonly { readonly feature: number; readonly loss: number }[],
): FoundEffect['telling'] {
  return telling.flatMap(({ feature, loss }) => {
    const name = features[feature]?.name;
    return name === undefined ? [] : [{ column: name, loss }];
  });
}

/**
 * The AUC that a shift of a normal distribution has whose total variation distance is the floor: a shift of d standard deviations has the distance
 * 2 Phi(d / 2) - 1 and the AUC Phi(d / sqrt 2).
 */
export function aucOf(distance: number): number {
  return normalCdf(Math.SQRT2 * normalQuantile((1 + Math.min(distance, 1 - 1e-9)) / 2));
}
