import { discrepancyTest, type Points, type ScoredHalf, separationOf } from '@tidegate/runtime';
import type { FoundEffect, JointLimits } from './finding.ts';
import type { SampledRows } from './sampled-rows.ts';
import { aucOf } from './told-apart.ts';
import { smallestAuc } from './smallest-effect.ts';

/** Numbers that are looked at in all: bounds the rows of wide vectors. */
const mostNumbers = 2_000_000;
/** Rows of a sample at most: a matrix of all pairs is kept. */
const mostVectors = 1500;

/** A column of vectors that cannot be compared, and why. */
export interface LeftOut {
  readonly column: string;
  readonly reason: string;
}

/**
 * Whether vectors of a column are of one distribution in both samples: the maximum mean discrepancy says whether it is chance. How much it is says its witness, the
 * difference of the mean similarities of a vector to the two samples: made of one half of the rows, it is asked which sample the others are of.
 */
export function embeddingDrift(column: string, before: SampledRows, now: SampledRows, limits: JointLimits): FoundEffect | LeftOut | null {
  const [reference, current] = [vectorsOf(before, column), vectorsOf(now, column)];
  if (reference.length < 10 || current.length < 10) return null;
  const width = reference[0]?.length ?? 0;
  if ([...reference, ...current].some((vector) => vector.length !== width))
    return { column, reason: 'its lists are not all of one length, so that they are no vectors of one space' };
  const most = Math.min(mostVectors, Math.max(50, Math.floor(mostNumbers / Math.max(1, 2 * width))));
  const [first, second] = [reference.slice(0, most), current.slice(0, most)];
  const { seed, permutations = 999 } = limits;
  const test = discrepancyTest(pointsOf(first, width), pointsOf(second, width), { seed, permutations });
  if (test === null) return null;
  const separation = separationOf(witnessScores(test.kernel.values, first.length, second.length), limits.confidence);
  if (separation === null) return null;
  return {
    name: `embedding.${column}`,
    columns: [column],
    measure: 'auc',
    value: separation.auc,
    low: separation.low,
    high: separation.high,
    pValue: test.pValue,
    limit: aucOf(limits.floor),
    smallest: (level) =>
      smallestAuc({ value: separation.auc, high: separation.high, limit: aucOf(limits.floor), confidence: limits.confidence }, level),
    telling: [],
    pairs: [],
    rows: second.length,
    referenceRows: first.length,
  };
}

function vectorsOf({ lists }: SampledRows, column: string): readonly (readonly number[])[] {
  return (lists.get(column) ?? []).filter((vector) => vector !== null && vector.length > 0).map((vector) => vector ?? []);
}

function pointsOf(vectors: readonly (readonly number[])[], width: number): Points {
  return { values: Float64Array.from(vectors.flat()), width };
}

/** How much more like the current vectors of the other half than like those of the reference each vector of a half is. */
function witnessScores(kernel: Float32Array, first: number, second: number): readonly [ScoredHalf, ScoredHalf] {
  const points = first + second;
  const all = Array.from({ length: points }, (_, point) => ({
    point,
    isCurrent: point >= first,
    half: (point < first ? point : point - first) % 2,
  }));
  const scored = (half: number): ScoredHalf => {
    const learned = all.filter((one) => one.half !== half);
    const likeness = (point: number, isCurrent: boolean): number => {
      let [sum, count] = [0, 0];
      for (const other of learned) {
        if (other.isCurrent !== isCurrent) continue;
        sum += kernel[point * points + other.point] ?? 0;
        count++;
      }
      return sum / Math.max(1, count);
    };
    const scoresOf = (isCurrent: boolean): Float64Array =>
      Float64Array.from(
        all.filter((one) => one.half === half && one.isCurrent === isCurrent),
        ({ point }) => likeness(point, true) - likeness(point, false),
      );
    return { reference: scoresOf(false), current: scoresOf(true) };
  };
  return [scored(0), scored(1)];
}
