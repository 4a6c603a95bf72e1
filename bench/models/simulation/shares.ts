import { seededRandom } from '@tidegate/runtime';
import { rememberingJudge, type Said, sayings } from './gates.ts';
import { drawCounts, everyCounts, type PairedWorld } from './paired-worlds.ts';

/** How often a gate says each thing, from 0 to 1. */
export type Shares = { readonly [saying in keyof Said]: number };

/** From samples that are drawn. */
export function simulatedShares(world: PairedWorld, repeats: number, seed: number): Shares {
  const random = seededRandom(seed);
  const judge = rememberingJudge();
  const found = none();
  for (let repeat = 0; repeat < repeats; repeat++) add(found, judge(drawCounts(world, random)), 1);
  for (const saying of sayings) found[saying] /= repeats;
  return found;
}

/** From every sample there is, with its chance: what simulations of any length come to. */
export function exactShares(world: PairedWorld): Shares {
  const judge = rememberingJudge();
  const found = none();
  for (const { counts, chance } of everyCounts(world)) add(found, judge(counts), chance);
  return found;
}

function none(): { -readonly [saying in keyof Said]: number } {
  return { newIsBest: 0, dropOfHalfAPoint: 0, passes: 0, provenWorse: 0, inconclusive: 0 };
}

function add(found: { -readonly [saying in keyof Said]: number }, said: Said, weight: number): void {
  for (const saying of sayings) if (said[saying]) found[saying] += weight;
}
