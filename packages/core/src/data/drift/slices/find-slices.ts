import { type DriftedSlice, type SliceDrift } from '@tidegate/formats';
import { type Engine, normalQuantile, yekutieliAdjusted } from '@tidegate/runtime';
import { type DrawnFrom, type SampledColumn, sampleRows } from '../together/sampled-rows.ts';
import { withoutCounters } from '../together/without-counters.ts';
import { windowRanges } from '../together/reference-windows.ts';
import { type JudgedSlice, judgeSlices, sliceConfidence, sum } from './judge-slices.ts';
import { type Slicing, slicingBy } from './slice-counts.ts';
import { outcomesOf } from './outcomes-of.ts';
import { rankSlices } from './rank-slices.ts';
import { sliceReason } from './slice-reason.ts';
import { type SlicedColumn, slicedColumns } from './sliced-columns.ts';
import { usualInSlice } from './usual-in-slice.ts';

export interface SliceQuestion {
  /** SELECT of the rows that were before, and of those that are judged; both have the columns. */
  readonly reference: string;
  readonly current: string;
  /** What the rows that were before are drawn from, when they are some of them. Default: they are all. */
  readonly drawn?: DrawnFrom | null;
  /** Without what is ignored, and without personal ones: values are shown. */
  readonly columns: readonly SampledColumn[];
  /** One of the columns, of numbers, truth values or two classes, whose mean ranks what is found: a prediction, a loss, a label. Default: none. */
  readonly outcome?: string | null;
  /** Share of false ones that may be among what is found, and chance of even one when nothing changed. Default 0.01. */
  readonly falseAlarms?: number;
  /** Total variation distance below which a change does not matter. Default 0.1. */
  readonly floor?: number;
  /** Column with the time of rows, and the share of the reference that a span as long as the current rows is: what is usual in a slice from span to span is looked for. Default: none. */
  readonly windows?: { readonly orderBy: string; readonly share: number } | null;
}

/** What bounds the work: rows of a sample, columns, columns that slices of two are made of, and what is told. */
export const mostSlicedRows = 20_000;
export const mostSlicedColumns = 40;
const mostPaired = 8;
const mostFound = 50;

const numberSpans = 8;
const sliceSpans = 4;
const power = 0.8;

/**
 * Finds slices, of one column or of two, within which a feature is distributed otherwise than before, and ranks them by what that does to the model. All pairs of
 * slice and feature are one family: their p values are adjusted after Benjamini and Yekutieli. A slice is told only where it moved more
 * than the rows that it is a part of; otherwise those are told. Where rows have times, what the slice differs by from span to span of the reference is usual, and the floor counts from there; of a slice
 * with too few rows in them what all rows differ by.
 */
export async function findSlices(engine: Engine, question: SliceQuestion): Promise<SliceDrift> {
  const { columns, outcome: asked = null, falseAlarms = 0.01, floor = 0.1 } = question;
  const scalars = columns.filter(({ type }) => type !== 'array').slice(0, mostSlicedColumns);
  const windows = question.windows ?? null;
  const before = await sampleRows(engine, {
    sql: question.reference,
    columns: scalars,
    most: mostSlicedRows,
    orderBy: windows?.orderBy ?? null,
    drawn: question.drawn ?? null,
  });
  const now = await sampleRows(engine, { sql: question.current, columns: scalars, most: mostSlicedRows });
  const [reference, current] = withoutCounters([before, now]).samples;
  const rows = reference.rows + current.rows;
  const outcomes = asked === null ? null : outcomesOf(asked, [before, now]);
  const outcome = outcomes === null ? null : asked;
  const features = slicedColumns(reference, current, numberSpans).filter(({ name }) => name !== asked);
  const slicing = slicedColumns(reference, current, sliceSpans).filter(({ name }) => name !== asked);

  const judged: JudgedSlice[] = [];
  let tooSmall = 0;
  for (const one of slicings(slicing, rows)) {
    for (const [index, feature] of features.filter(({ name }) => one.columns.every((column) => column.name !== name)).entries()) {
      const found = judgeSlices(one, feature, { referenceRows: reference.rows, outcomes });
      judged.push(...found.judged);
      if (index === 0) tooSmall += found.tooSmall;
    }
  }
  const ranges = windows === null ? [] : windowRanges(reference.rows, windows.share);
  const usual = (own: JudgedSlice): number => {
    const ofAll = judged.find(({ slice, feature }) => slice.length === 0 && feature === own.feature) ?? own;
    return usualInSlice(own.place, ranges, reference.rows) ?? usualInSlice(ofAll.place, ranges, reference.rows) ?? 0;
  };
  const adjusted = yekutieliAdjusted(judged.map(({ pValue }) => pValue));
  const moved = judged
    .map((own, index) => ({ own, adjustedPValue: adjusted[index] ?? 1 }))
    .filter(({ own, adjustedPValue }) => adjustedPValue <= falseAlarms && own.distance.low > floor)
    .map((found) => ({ ...found, limit: floor + usual(found.own) }))
    .filter(({ own, limit }) => own.distance.low > limit);
  const whole = new Map(judged.filter(({ slice }) => slice.length < 2).map((own) => [keyOf(own), own.distance.value]));
  const found = moved
    .filter(({ own }) => partsOf(own).every((part) => own.distance.low > (whole.get(part) ?? 0)))
    .map(({ own, adjustedPValue, limit }) => driftedSlice(own, { adjustedPValue, currentRows: current.rows, limit, outcome }));
  return {
    format: 'tidegate.slice-drift/1',
    outcome,
    rows: current.rows,
    referenceRows: reference.rows,
    judged: judged.length,
    tooSmall,
    smallest: smallestFound(judged, floor),
    found: rankSlices(found).slice(0, mostFound),
  };
}

function* slicings(columns: readonly SlicedColumn[], rows: number): Iterable<Slicing> {
  yield slicingBy([], rows);
  for (const column of columns) yield slicingBy([column], rows);
  const classes = columns.filter(({ kind }) => kind === 'categories').slice(0, mostPaired);
  for (const [index, first] of classes.entries()) for (const second of classes.slice(index + 1)) yield slicingBy([first, second], rows);
}

interface Telling {
  readonly adjustedPValue: number;
  readonly currentRows: number;
  readonly limit: number;
  readonly outcome: string | null;
}

function driftedSlice(own: JudgedSlice, { adjustedPValue, currentRows, limit, outcome }: Telling): DriftedSlice {
  const [rows, drawn] = [sum(own.reference), sum(own.current)];
  const share = drawn / Math.max(1, currentRows);
  const changes = own.current.map((count, bin) => ({
    bin: own.names[bin] ?? '',
    reference: six((own.reference[bin] ?? 0) / rows),
    current: six(count / drawn),
  }));
  const [moved = { bin: '', reference: 0, current: 0 }] = changes.toSorted(
    (a, b) => Math.abs(b.current - b.reference) - Math.abs(a.current - a.reference),
  );
  const found = {
    slice: own.slice,
    feature: own.feature,
    rows: drawn,
    referenceRows: rows,
    share: six(share),
    distance: six(own.distance.value),
    low: six(own.distance.low),
    high: six(own.distance.high),
    limit: six(limit),
    adjustedPValue,
    effect: own.change === null ? null : six(share * own.change),
    moved,
  };
  return { ...found, reason: sliceReason(found, outcome) };
}

/** The larger sets of rows that a slice is part of, each with the same feature. */
function partsOf({ slice, feature }: JudgedSlice): readonly string[] {
  if (slice.length === 0) return [];
  return [keyOf({ slice: [], feature }), ...(slice.length < 2 ? [] : slice.map((one) => keyOf({ slice: [one], feature })))];
}

function keyOf({ slice, feature }: Pick<JudgedSlice, 'slice' | 'feature'>): string {
  return JSON.stringify([slice.map(({ column, value }) => [column, value]), feature]);
}

function smallestFound(judged: readonly JudgedSlice[], floor: number): number | null {
  const errors = judged.map(({ reference, current }) => Math.sqrt(1 / sum(reference) + 1 / sum(current)));
  if (errors.length === 0) return null;
  const least = errors.reduce((largest, error) => Math.max(largest, error), 0);
  return six(floor + ((normalQuantile(sliceConfidence) + normalQuantile(power)) * least) / 2);
}

function six(value: number): number {
  return Number(value.toFixed(6));
}
