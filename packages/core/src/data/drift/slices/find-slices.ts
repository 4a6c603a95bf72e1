import { compareCodeUnits, type DriftedSlice, type SliceDrift } from '@tidegate/formats';
import { type Engine, homogeneityTest, normalQuantile, rankSumTest, totalVariation, yekutieliAdjusted } from '@tidegate/runtime';
import { type SampledColumn, sampleRows } from '../together/sampled-rows.ts';
import { withoutCounters } from '../together/without-counters.ts';
import { binsOf, countSlices, sliceName, type Slicing, slicingBy } from './slice-counts.ts';
import { outcomesOf } from './outcomes-of.ts';
import { sliceReason } from './slice-reason.ts';
import { type SlicedColumn, slicedColumns } from './sliced-columns.ts';

export interface SliceQuestion {
  /** SELECT of the rows that were before, and of those that are judged; both have the columns. */
  readonly reference: string;
  readonly current: string;
  /** Without what is ignored, and without personal ones: values are shown. */
  readonly columns: readonly SampledColumn[];
  /** One of the columns, of numbers, truth values or two classes, whose mean ranks what is found: a prediction, a loss, a label. Default: none. */
  readonly outcome?: string | null;
  /** Share of false ones that may be among what is found, and chance of even one when nothing changed. Default 0.01. */
  readonly falseAlarms?: number;
  /** Total variation distance below which a change does not matter. Default 0.1. */
  readonly floor?: number;
}

/** What bounds the work: rows of a sample, columns, columns that slices of two are made of, and what is told. */
const mostRows = 20_000;
const mostColumns = 40;
const mostPaired = 8;
const mostFound = 50;

/** Rows of a slice below which it is not judged. */
const leastReference = 200;
const leastCurrent = 100;

const numberSpans = 8;
const sliceSpans = 4;
const confidence = 0.95;
const power = 0.8;

/**
 * Finds slices, of one column or of two, within which a feature is distributed otherwise than before, and ranks them by what that does to the model. All pairs of
 * slice and feature are one family: their p values are adjusted after Benjamini and Yekutieli. A slice is told only where it moved more
 * than the rows that it is a part of; otherwise those are told.
 */
export async function findSlices(engine: Engine, question: SliceQuestion): Promise<SliceDrift> {
  const { columns, outcome: asked = null, falseAlarms = 0.01, floor = 0.1 } = question;
  const scalars = columns.filter(({ type }) => type !== 'array').slice(0, mostColumns);
  const sampled = [question.reference, question.current].map((sql) => sampleRows(engine, { sql, columns: scalars, most: mostRows }));
  const [before, now] = await both(sampled);
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
  const adjusted = yekutieliAdjusted(judged.map(({ pValue }) => pValue));
  const moved = judged
    .map((own, index) => ({ own, adjustedPValue: adjusted[index] ?? 1 }))
    .filter(({ own, adjustedPValue }) => adjustedPValue <= falseAlarms && own.distance.low > floor);
  const whole = new Map(judged.filter(({ slice }) => slice.length < 2).map((own) => [keyOf(own), own.distance.value]));
  const found = moved
    .filter(({ own }) => partsOf(own).every((part) => own.distance.low > (whole.get(part) ?? 0)))
    .map(({ own, adjustedPValue }) => driftedSlice(own, { adjustedPValue, currentRows: current.rows, floor, outcome }))
    .toSorted(
      (a, b) =>
        weightOf(b) - weightOf(a) ||
        compareCodeUnits(JSON.stringify(a.slice), JSON.stringify(b.slice)) ||
        compareCodeUnits(a.feature, b.feature),
    );
  return {
    format: 'tidegate.slice-drift/1',
    outcome,
    rows: current.rows,
    referenceRows: reference.rows,
    judged: judged.length,
    tooSmall,
    smallest: smallestFound(judged, floor),
    found: found.slice(0, mostFound),
  };
}

async function both<T>([first, second]: readonly Promise<T>[]): Promise<readonly [T, T]> {
  if (first === undefined || second === undefined) throw new Error('There are two');
  return [await first, await second];
}

function* slicings(columns: readonly SlicedColumn[], rows: number): Iterable<Slicing> {
  yield slicingBy([], rows);
  for (const column of columns) yield slicingBy([column], rows);
  const classes = columns.filter(({ kind }) => kind === 'categories').slice(0, mostPaired);
  for (const [index, first] of classes.entries()) for (const second of classes.slice(index + 1)) yield slicingBy([first, second], rows);
}

/** One slice and one feature. */
interface JudgedSlice {
  readonly slice: DriftedSlice['slice'];
  readonly feature: string;
  readonly names: readonly string[];
  readonly reference: readonly number[];
  readonly current: readonly number[];
  readonly distance: { readonly value: number; readonly low: number; readonly high: number };
  readonly pValue: number;
  /** Sum over bins of (share now - share then) times mean outcome; null without outcomes. */
  readonly change: number | null;
}

function judgeSlices(
  slicing: Slicing,
  feature: SlicedColumn,
  sampled: { readonly referenceRows: number; readonly outcomes: Float64Array | null },
): { readonly judged: readonly JudgedSlice[]; readonly tooSmall: number } {
  const counts = countSlices(slicing, feature, sampled);
  const judged: JudgedSlice[] = [];
  let tooSmall = 0;
  for (let slice = 0; slice < slicing.slices; slice++) {
    const samples = [0, 1, 2, 3].map((sample) => binsOf(counts.rows, counts.bins, slice, sample));
    const [first = [], second = [], third = [], fourth = []] = samples;
    const [reference, current] = [added(first, second), added(third, fourth)];
    const [rows, drawn] = [sum(reference), sum(current)];
    if (rows + drawn === 0) continue;
    if (rows < leastReference || drawn < leastCurrent) {
      tooSmall++;
      continue;
    }
    const pair = { reference, current };
    const chiSquare = homogeneityTest(pair, { ordered: feature.kind === 'ordered' })?.pValue ?? 1;
    const values = { reference: reference.slice(0, -1), current: current.slice(0, -1) };
    const shift = feature.kind === 'ordered' ? (rankSumTest(values)?.pValue ?? 1) : null;
    const pValue = shift === null ? chiSquare : Math.min(1, 2 * Math.min(chiSquare, shift));
    judged.push({
      slice: sliceName(slicing, slice),
      feature: feature.name,
      names: feature.names,
      reference,
      current,
      distance: totalVariation([first, second], [third, fourth], confidence),
      pValue,
      change: sampled.outcomes === null ? null : changeOf(counts, slice, pair),
    });
  }
  return { judged, tooSmall };
}

/** The mean outcome of a bin is taken from all rows of the slice in it, of both samples. */
function changeOf(
  counts: ReturnType<typeof countSlices>,
  slice: number,
  { reference, current }: { readonly reference: readonly number[]; readonly current: readonly number[] },
): number {
  const total = (values: Float64Array): readonly number[] =>
    [0, 1, 2, 3].map((sample) => binsOf(values, counts.bins, slice, sample)).reduce((all, own) => added(all, own));
  const [outcomes, known] = [total(counts.outcomes), total(counts.known)];
  const mean = sum(outcomes) / Math.max(1, sum(known));
  const [rows, drawn] = [sum(reference), sum(current)];
  return current.reduce((all, count, bin) => {
    const own = (known[bin] ?? 0) > 0 ? (outcomes[bin] ?? 0) / (known[bin] ?? 1) : mean;
    return all + (count / drawn - (reference[bin] ?? 0) / rows) * own;
  }, 0);
}

interface Telling {
  readonly adjustedPValue: number;
  readonly currentRows: number;
  readonly floor: number;
  readonly outcome: string | null;
}

function driftedSlice(own: JudgedSlice, { adjustedPValue, currentRows, floor, outcome }: Telling): DriftedSlice {
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
    adjustedPValue,
    effect: own.change === null ? null : six(share * own.change),
    moved,
  };
  return { ...found, reason: sliceReason(found, { floor, outcome }) };
}

/** The larger sets of rows that a slice is part of, each with the same feature. */
function partsOf({ slice, feature }: JudgedSlice): readonly string[] {
  if (slice.length === 0) return [];
  return [keyOf({ slice: [], feature }), ...(slice.length < 2 ? [] : slice.map((one) => keyOf({ slice: [one], feature })))];
}

function keyOf({ slice, feature }: Pick<JudgedSlice, 'slice' | 'feature'>): string {
  return JSON.stringify([slice.map(({ column, value }) => [column, value]), feature]);
}

/** What comes first: the effect on the model, or without one how many rows would have to be others. */
function weightOf({ effect, share, distance }: DriftedSlice): number {
  return effect === null ? share * distance : Math.abs(effect);
}

function smallestFound(judged: readonly JudgedSlice[], floor: number): number | null {
  const errors = judged.map(({ reference, current }) => Math.sqrt(1 / sum(reference) + 1 / sum(current)));
  if (errors.length === 0) return null;
  const least = errors.reduce((largest, error) => Math.max(largest, error), 0);
  return six(floor + ((normalQuantile(confidence) + normalQuantile(power)) * least) / 2);
}

function added(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.map((value, index) => value + (b[index] ?? 0));
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function six(value: number): number {
  return Number(value.toFixed(6));
}
