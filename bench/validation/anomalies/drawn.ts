import { type JudgedVersionMeasure, judgeVersion, seededRandom } from '@tidegate/runtime';
import { type DrawnFamily, families, normal, pointsOf } from '../../../packages/runtime/src/statistics/history/fixtures/drawn-series.ts';

const seed = 20_261_130;
const declared = [0.05, 0.01, 0.001] as const;
const lengths = [
  [5, 1000],
  [10, 500],
  [30, 600],
  [100, 150],
] as const;

export interface DrawnRate {
  readonly family: string;
  readonly versions: number;
  readonly all: number;
  /** Histories with an alarm, for each declared rate. */
  readonly rates: readonly number[];
}

/** How often histories raise an alarm in which nothing changes. */
export function drawnRates(): readonly DrawnRate[] {
  return families.flatMap((family) => {
    const random = seededRandom(seed);
    return lengths.map(([versions, all]) => {
      const rates = declared.map(() => 0);
      for (let repeat = 0; repeat < all; repeat++) {
        const { chance, isNewTime } = judgedLast(family.draw(random, versions + 1), family);
        // on a weekday that was never seen it is inconclusive
        if (chance === null || isNewTime) continue;
        declared.forEach((share, index) => (rates[index] = (rates[index] ?? 0) + (chance <= share ? 1 : 0)));
      }
      return { family: family.name, versions, all, rates };
    });
  });
}

const shifts = [2, 4, 6, 8, 12, 16, 24, 32] as const;

export interface FoundShares {
  readonly shifts: readonly number[];
  readonly rows: readonly { readonly versions: number; readonly shares: readonly number[] }[];
}

/** How often a shift of a normal measure is found. */
export function foundShares(): FoundShares {
  const repeats = 100;
  const rows = [5, 10, 30, 100].map((versions) => {
    const random = seededRandom(seed + versions);
    const shares = shifts.map((shift) => {
      let found = 0;
      for (let repeat = 0; repeat < (versions === 100 ? repeats / 4 : repeats); repeat++) {
        const values = Array.from({ length: versions + 1 }, () => normal(random));
        const { chance } = judgedLast([...values.slice(0, -1), (values.at(-1) ?? 0) + shift], { kind: 'mean' });
        if (chance !== null && chance <= 0.001) found++;
      }
      return found / (versions === 100 ? repeats / 4 : repeats);
    });
    return { versions, shares };
  });
  return { shifts, rows };
}

function judgedLast(values: readonly number[], { kind, days }: Pick<DrawnFamily, 'kind' | 'days'>): JudgedVersionMeasure {
  const points = pointsOf(values, days);
  const next = points.at(-1);
  const measures =
    next === undefined
      ? []
      : [{ kind, sides: 'both' as const, past: points.slice(0, -1), fine: new Set<number>(), next, weight: 1, unit: 1 }];
  const [judged] = judgeVersion(measures, { falseAlarms: 0.01 });
  if (judged === undefined) throw new Error('Cannot judge nothing');
  return judged;
}
