import type { Engine } from '@tidegate/runtime';
import type { ColumnFacts } from './column-facts.ts';
import { type Comparison, limitOfScore, limitOfUnseen, limitOfVolume } from './detection-limit.ts';
import type { Fault, Planting, Score } from './fault.ts';

/** How large a fault is: gross; twice the limit that drift itself tells, and that limit; twice the computed limit, and that one; or where none can be computed the least that is tried, and one between. */
export const steps = ['gross', 'middle', 'twice told', 'told', 'twice', 'least'] as const;
export type Step = (typeof steps)[number];

export interface FaultSizes {
  readonly sizes: readonly { readonly step: Step; readonly size: number }[];
  /** Null: no limit can be computed, or it lies above the gross fault (`isBeyond`). */
  readonly limit: number | null;
  readonly isBeyond: boolean;
}

export interface Given extends Comparison {
  readonly columnsOfRole: readonly string[];
  readonly facts: (column: string) => ColumnFacts;
  /** Numbers of rows of earlier versions. */
  readonly counts: readonly number[];
}

/** The sizes that a fault is tried at, computed from the earlier rows in the table `past` and from how many rows there are. */
export async function sizesOf(engine: Engine, { sizes, unit }: Fault, given: Given): Promise<FaultSizes> {
  const tenth = Math.max(1, Math.round(given.rows / 10));
  switch (sizes.down) {
    case 'to one row':
      // two rows tell no more than one
      return tenth === 1 ? listed([1]) : { ...listed([tenth, 1]), limit: 1 };
    case 'to unseen rows': {
      const limit = limitOfUnseen(given);
      return limit === null ? { ...listed([tenth]), isBeyond: true } : between(Math.max(tenth, limit), limit, true);
    }
    case 'to a score': {
      const score = await measured(engine, sizes.score({ columns: given.columnsOfRole, facts: given.facts }));
      const limit = limitOf(score, given);
      return limit === null || limit > sizes.gross
        ? { ...listed([sizes.gross]), isBeyond: true }
        : between(sizes.gross, limit, unit === 'rows');
    }
    case 'to the usual volume': {
      const limit = limitOfVolume(given.counts, given);
      if (limit === null) return listed(sizes.otherwise);
      return limit > sizes.gross ? { ...listed([sizes.gross]), isBeyond: true } : between(sizes.gross, limit, false);
    }
    case 'as listed':
      return listed(sizes.sizes);
  }
}

function between(gross: number, limit: number, isWhole: boolean): FaultSizes {
  const fit = (size: number): number => (isWhole ? Math.round(size) : Number(size.toPrecision(3)));
  const wanted = [
    { step: 'gross', size: fit(gross) },
    { step: 'twice', size: fit(2 * limit) },
    { step: 'least', size: fit(limit) },
  ] as const;
  const sizes = wanted.filter(({ step, size }) => step === 'gross' || step === 'least' || (size < gross && size > limit));
  return { sizes: gross <= limit ? wanted.slice(0, 1) : sizes, limit: fit(limit), isBeyond: false };
}

function listed(sizes: readonly number[]): FaultSizes {
  const step = (index: number): Step => (index === 0 ? 'gross' : index === sizes.length - 1 ? 'least' : 'middle');
  return { sizes: sizes.map((size, index) => ({ step: step(index), size })), limit: null, isBeyond: false };
}

interface MeasuredScore {
  readonly deviation: number;
  /** What a fault of size one changes its mean by. */
  readonly effect: number;
  /** Whether it is 0 or 1 for every row: its mean is a share. */
  readonly isShare: boolean;
}

async function measured(engine: Engine, { before, after }: Score): Promise<MeasuredScore> {
  const [found = {}] = await engine.rows(
    `SELECT stddev_samp(b) AS deviation, avg(a - b) AS effect, bool_and(b IN (0, 1)) AS share
     FROM (SELECT (${before})::DOUBLE AS b, (${after})::DOUBLE AS a FROM past t) WHERE isfinite(a - b)`,
  );
  return { deviation: Number(found['deviation']), effect: Number(found['effect']), isShare: found['share'] === true };
}

/** No share is seen to rise, however rare it was, by fewer rows than of what was never there. */
function limitOf({ deviation, effect, isShare }: MeasuredScore, given: Given): number | null {
  const limit = limitOfScore({ deviation, effect }, given);
  const unseen = limitOfUnseen(given);
  if (limit === null || !isShare || effect <= 0) return limit;
  return unseen === null ? null : Math.max(limit, unseen / (given.rows * effect));
}

/** What a fault is planted with. */
export function plantingOf({ columnsOfRole, facts }: Pick<Given, 'columnsOfRole' | 'facts'>, size: number): Planting {
  return { columns: columnsOfRole, facts, size };
}

/** With the limit that drift tells and twice that, where it tells one. */
export function withTold({ sizes, ...more }: FaultSizes, told: number | null, gross: number): FaultSizes {
  if (told === null) return { sizes, ...more };
  const twice = 2 * told < gross ? [{ step: 'twice told', size: Number((2 * told).toPrecision(3)) } as const] : [];
  return { sizes: [...sizes, ...twice, { step: 'told', size: told }], ...more };
}
