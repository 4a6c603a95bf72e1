import type { KnownMetric, SliceComparison } from '@tidegate/formats';
import { holmAdjusted, type MeasureOptions, rowCount, takeRows } from '@tidegate/runtime';
import type { GateConfig } from '../config/index.ts';
import { rows } from '../evidence/index.ts';
import { judgePair, type Measured, measurePair, reasonOf } from './compare.ts';
import type { Finding } from './evidence.ts';
import type { ScoredRows, Slice } from './scored-rows.ts';
import { classCounts, fewestOfClass } from './validity.ts';

export interface JudgedSlices {
  readonly comparisons: readonly SliceComparison[];
  readonly findings: readonly Finding[];
}

interface SliceRequest extends MeasureOptions {
  readonly metric: KnownMetric;
  readonly slices: NonNullable<GateConfig['slices']>;
}

/**
 * Compares the models in every slice by the same test with the slices' own margin. That a slice is worse must be proven with a p
 * value adjusted after Holm over all slices; that it is not worse needs no adjustment, for every slice must show it.
 */
export function judgeSlices(scored: ScoredRows, request: SliceRequest): JudgedSlices {
  const isComparable = new Uint8Array(rowCount(scored.candidate));
  for (const row of scored.comparable) isComparable[row] = 1;
  const measured = scored.slices.map((slice) =>
    measureSlice(scored, { ...slice, rows: slice.rows.filter((row) => isComparable[row] === 1) }, request),
  );
  const known = measured.flatMap((one) => (one.measured === null ? [] : [one.measured]));
  const adjusted = holmAdjusted(known.map(({ difference }) => difference.pWorse));
  const judged = measured.map((one) => {
    if (one.measured === null) return { comparison: null, finding: tooLittle(one, request) };
    const adjustedPValue = adjusted[known.indexOf(one.measured)] ?? 1;
    const { column, value } = one.slice;
    const comparison = {
      ...judgePair(one.measured, { confidence: request.confidence, pWorse: adjustedPValue }),
      column,
      value,
      adjustedPValue,
    };
    return { comparison, finding: findingOf(comparison, request) };
  });
  return {
    comparisons: judged.flatMap(({ comparison }) => (comparison === null ? [] : [comparison])),
    findings: judged.map(({ finding }) => finding),
  };
}

interface MeasuredSlice {
  readonly slice: Slice;
  readonly measured: Measured | null;
  /** Why it could not be measured. */
  readonly lacks: string;
}

/** @param slice with the rows only by which the models may be compared */
function measureSlice({ candidate, champion }: ScoredRows, slice: Slice, request: SliceRequest): MeasuredSlice {
  const chosen = slice.rows;
  const without = (lacks: string): MeasuredSlice => ({ slice, measured: null, lacks });
  if (champion === null || chosen.length < request.slices.minRows)
    return without(`${rows(chosen.length)} to compare by, at least ${request.slices.minRows} are needed`);
  const pair = { candidate: takeRows(candidate, chosen), champion: takeRows(champion, chosen) };
  if (candidate.task === 'binary' && classCounts(pair.candidate).rarer < fewestOfClass)
    return without(`${rows(classCounts(pair.candidate).rarer)} of the rarer class, at least ${fewestOfClass} are needed`);
  const measured = measurePair(request.metric, pair, { ...request, margin: request.slices.margin });
  return measured === null
    ? without(`${request.metric.name} cannot be computed on its ${rows(chosen.length)}`)
    : { slice, measured, lacks: '' };
}

function tooLittle({ slice, lacks }: MeasuredSlice, { slices }: SliceRequest): Finding {
  return {
    kind: 'slice',
    name: `slice.${slice.column}=${slice.value}`,
    verdict: 'inconclusive',
    blocking: slices.inconclusive === 'block',
    reason: `Where ${slice.column} is ${slice.value}: ${lacks}`,
  };
}

function findingOf(comparison: SliceComparison, { slices }: SliceRequest): Finding {
  const { column, value, verdict } = comparison;
  return {
    kind: 'slice',
    name: `slice.${column}=${value}`,
    verdict,
    blocking: verdict !== 'inconclusive' || slices.inconclusive === 'block',
    reason: `Where ${column} is ${value}: ${reasonOf(comparison)}`,
    details: comparison,
  };
}
