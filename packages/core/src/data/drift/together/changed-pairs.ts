import { type Correlation, correlationOf, normalCdf, normalQuantile, normalScores } from '@tidegate/runtime';
import type { WindowedSamples } from './beyond-usual.ts';
import type { FoundEffect, JointLimits } from './finding.ts';
import { frequentValues } from './pooled-features.ts';
import type { SampledRows } from './sampled-rows.ts';
import { smallestEffect } from './smallest-effect.ts';

/** Classes of a column that are looked at, terms in all, and pairs that are named. */
const mostClasses = 4;
const mostTerms = 60;
const mostNamed = 5;

/** A number, or whether a column has a class. */
interface Term {
  readonly column: string;
  /** `delay`, `carrier = UA`. */
  readonly name: string;
  readonly scores: (rows: SampledRows) => Float64Array;
}

interface Pair {
  readonly terms: readonly [Term, Term];
  readonly before: Correlation;
  readonly now: Correlation;
  /** The largest change of it between a span of the reference and its other rows; 0 without spans. */
  readonly usual: number;
}

/**
 * Whether two columns go together otherwise than they did, whatever became of each: the correlation of their ranks, or of a class with them. Of the pair whose change is
 * least chance; its p value is multiplied by the number of pairs, and its lower bound holds for all pairs at once.
 * What is usual from span to span is known of each pair.
 *
 * @returns null when no two columns have values enough
 */
export function changedPairs({ reference, current, windows }: WindowedSamples, { floor, confidence }: JointLimits): FoundEffect | null {
  const pairs = pairsOf(reference, current, windows);
  if (pairs.length === 0) return null;
  const limit = correlationOfDistance(floor);
  const reach = { one: normalQuantile(confidence), all: normalQuantile(1 - (1 - confidence) / pairs.length) };
  const judged = pairs
    .map((pair) => {
      const { before, now } = pair;
      const error = Math.sqrt(before.variance + now.variance);
      const change = Math.abs(Math.atanh(now.value) - Math.atanh(before.value));
      const plain = Math.abs(now.value - before.value);
      // a bound of the transform as one of the correlation: by the slope between the two
      const slope = change > 0 ? plain / change : 1 - before.value ** 2;
      const pValue = Math.min(1, 2 * pairs.length * normalCdf(-change / error));
      return {
        pair,
        usual: pair.usual,
        pValue,
        value: plain,
        error: slope * error,
        low: slope * (change - reach.all * error),
        high: plain + slope * reach.one * error,
      };
    })
    .toSorted((a, b) => a.pValue - b.pValue || beyond(b) - beyond(a));
  const [first] = judged;
  if (first === undefined) return null;
  const best = judged.reduce((found, own) => (beyond(own) > beyond(found) ? own : found), first);
  const named = judged.filter((own) => beyond(own) > limit).slice(0, mostNamed);
  const shown = named.length === 0 ? [best] : named;
  return {
    name: 'pairs',
    columns: [...new Set(pairs.flatMap(({ terms }) => terms.map(({ column }) => column)))],
    measure: 'correlation',
    value: best.value,
    low: Math.max(0, best.low),
    high: best.usual + judged.reduce((most, { high, usual }) => Math.max(most, high - usual), 0),
    pValue: best.pValue,
    limit: limit + best.usual,
    smallest: (level) =>
      smallestEffect({ error: best.error, nothing: 0, limit: limit + best.usual, confidence, tests: pairs.length }, level),
    telling: shown.flatMap(({ pair, value }) => pair.terms.map(({ column }) => ({ column, loss: value }))).filter(isFirstOfColumn),
    pairs: shown.map(({ pair: { terms, before, now } }) => ({
      terms: [terms[0].name, terms[1].name],
      reference: six(before.value),
      current: six(now.value),
    })),
    rows: current.rows,
    referenceRows: reference.rows,
  };
}

/** How much of a change is proven beyond what is usual. */
function beyond({ low, usual }: { readonly low: number; readonly usual: number }): number {
  return low - usual;
}

function isFirstOfColumn({ column }: { readonly column: string }, index: number, all: readonly { readonly column: string }[]): boolean {
  return all.findIndex((other) => other.column === column) === index;
}

function pairsOf(reference: SampledRows, current: SampledRows, windows: WindowedSamples['windows']): readonly Pair[] {
  const terms = termsOf(reference).slice(0, mostTerms);
  const scored = (rows: SampledRows): readonly Float64Array[] => terms.map(({ scores }) => scores(rows));
  const [before, now] = [scored(reference), scored(current)];
  const spans = windows.map(([others, window]) => [scored(others), scored(window)] as const);
  const correlation = (scores: readonly Float64Array[], a: number, b: number): Correlation | null =>
    correlationOf(scores[a] ?? new Float64Array(), scores[b] ?? new Float64Array());
  return terms.flatMap((second, b) =>
    terms.slice(0, b).flatMap((first, a): readonly Pair[] => {
      if (first.column === second.column) return [];
      const [old, young] = [correlation(before, a, b), correlation(now, a, b)];
      if (old === null || young === null) return [];
      const usual = spans.map(([others, window]) => {
        const [one, other] = [correlation(others, a, b), correlation(window, a, b)];
        return one === null || other === null ? 0 : Math.abs(one.value - other.value);
      });
      return [{ terms: [first, second], before: old, now: young, usual: Math.max(0, ...usual) }];
    }),
  );
}

function termsOf({ numbers, texts, rows }: SampledRows): readonly Term[] {
  const empty = new Float64Array();
  return [
    ...[...numbers.keys()].map((column): Term => ({
      column,
      name: column,
      scores: (own) => normalScores(own.numbers.get(column) ?? empty),
    })),
    ...[...texts].flatMap(([column, values]) => {
      const frequent = frequentValues(values, mostClasses).filter((value) => values.filter((own) => own === value).length >= 0.02 * rows);
      // of two classes one says what the other does
      const told = frequent.length === 2 && new Set(values).size === 2 ? frequent.slice(0, 1) : frequent;
      return told.map((value): Term => ({
        column,
        name: `${column} = ${value}`,
        scores: (own) => Float64Array.from(own.texts.get(column) ?? [], (text) => (text === null ? Number.NaN : text === value ? 1 : 0)),
      }));
    }),
  ];
}

/**
 * The change of a correlation of two standard normal columns, from none, whose total variation distance is about this one: half the mean of |r z₁ z₂|, r / pi.
 */
function correlationOfDistance(distance: number): number {
  return Math.min(2, Math.PI * distance);
}

function six(value: number): number {
  return Number(value.toFixed(6));
}
