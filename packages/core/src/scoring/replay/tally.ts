import type { Digest, ReplayedExample, ReplayedFeature, ReplayedRows } from '@tidegate/formats';
import { type Engine, quoteText, type Row } from '@tidegate/runtime';
import type { ComparedFeature } from './comparison.ts';

/** Sums over compared rows, which add up. */
export interface Tally {
  readonly rows: ReplayedRows;
  readonly features: ReadonlyMap<string, FeatureSums>;
  readonly examples: readonly ReplayedExample[];
}

export interface FeatureSums extends Omit<ReplayedFeature, 'name' | 'smape'> {
  readonly apart: number;
  readonly size: number;
}

export const nothing: Tally = {
  rows: { logged: 0, incomparable: 0, compared: 0, equal: 0, close: 0, differing: 0, refused: 0, withOtherFeatures: 0 },
  features: new Map(),
  examples: [],
};

const mostExamples = 10;

/** Counts the rows of a table that `comparison` made. */
export async function tallyOf(
  engine: Engine,
  table: string,
  { features, release }: { readonly features: readonly ComparedFeature[]; readonly release: Digest },
): Promise<Tally> {
  const other = features.map((_, i) => `state_${i} NOT IN ('same', 'close')`).join(' OR ') || 'false';
  const outcomes = ['equal', 'close', 'differs', 'refused'].map((outcome) => `count(*) FILTER (outcome = '${outcome}') AS ${outcome}`);
  const sums = features.flatMap(({ type }, i) => [
    ...['close', 'mismatch', 'missing', 'extra'].map((state) => `count(*) FILTER (state_${i} = '${state}') AS ${state}_${i}`),
    ...(type === 'number' || type === 'integer'
      ? [`coalesce(sum(apart_${i}), 0) AS apart_${i}, coalesce(sum(size_${i}), 0) AS size_${i}`]
      : []),
  ]);
  const [found = {}] = await engine.rows(
    `SELECT ${['count(*) AS compared', ...outcomes, `count(*) FILTER (${other}) AS other`, ...sums].join(', ')} FROM ${table}`,
  );
  const of = (name: string): number => Number(found[name] ?? 0);
  const listed = await engine.rows(
    `SELECT * FROM ${table} WHERE outcome IN ('differs', 'refused') OR ${other} ORDER BY outcome NOT IN ('differs', 'refused'), id DESC LIMIT ${mostExamples}`,
  );
  const compared = of('compared');
  return {
    rows: {
      logged: compared,
      incomparable: 0,
      compared,
      equal: of('equal'),
      close: of('close'),
      differing: of('differs'),
      refused: of('refused'),
      withOtherFeatures: of('other'),
    },
    features: new Map(
      features.map(({ name }, i) => [
        name,
        {
          rows: compared,
          mismatch: of(`mismatch_${i}`) + of(`close_${i}`),
          mismatchClose: of(`close_${i}`),
          missing: of(`missing_${i}`),
          extra: of(`extra_${i}`),
          apart: of(`apart_${i}`),
          size: of(`size_${i}`),
        },
      ]),
    ),
    examples: listed.map((row) => exampleOf(row, features, release)),
  };
}

function exampleOf(row: Row, features: readonly ComparedFeature[], release: Digest): ReplayedExample {
  const text = (name: string): string | null => (row[name] === null || row[name] === undefined ? null : String(row[name]));
  const outcome = text('outcome');
  return {
    id: text('id') ?? '',
    at: text('at') ?? '',
    release,
    outcome: outcome === 'equal' || outcome === 'close' || outcome === 'refused' ? outcome : 'differs',
    online: text('online'),
    offline: outcome === 'refused' ? text('reason') : text('offline'),
    features: features.flatMap(({ name }, i) =>
      row[`state_${i}`] === 'same' ? [] : [{ name, online: text(`online_${i}`), offline: text(`offline_${i}`) }],
    ),
  };
}

/** Two tallies as one. */
export function sum(a: Tally, b: Tally): Tally {
  const names = new Set([...a.features.keys(), ...b.features.keys()]);
  return {
    rows: addRows(a.rows, b.rows),
    features: new Map([...names].map((name) => [name, addFeatures(a.features.get(name), b.features.get(name))])),
    examples: [...a.examples, ...b.examples].toSorted((one, other) => (one.id < other.id ? 1 : -1)).slice(0, mostExamples),
  };
}

function addRows(a: ReplayedRows, b: ReplayedRows): ReplayedRows {
  return {
    logged: a.logged + b.logged,
    incomparable: a.incomparable + b.incomparable,
    compared: a.compared + b.compared,
    equal: a.equal + b.equal,
    close: a.close + b.close,
    differing: a.differing + b.differing,
    refused: a.refused + b.refused,
    withOtherFeatures: a.withOtherFeatures + b.withOtherFeatures,
  };
}

const none: FeatureSums = { rows: 0, mismatch: 0, mismatchClose: 0, missing: 0, extra: 0, apart: 0, size: 0 };

function addFeatures(a: FeatureSums = none, b: FeatureSums = none): FeatureSums {
  return {
    rows: a.rows + b.rows,
    mismatch: a.mismatch + b.mismatch,
    mismatchClose: a.mismatchClose + b.mismatchClose,
    missing: a.missing + b.missing,
    extra: a.extra + b.extra,
    apart: a.apart + b.apart,
    size: a.size + b.size,
  };
}

/** The features of a tally as a report has them, by name. */
export function featuresOf({ features }: Tally): readonly ReplayedFeature[] {
  return [...features]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { apart, size, ...counts }]) => ({ name, ...counts, smape: size > 0 ? apart / size : null }));
}

/** Rows of a release that the log has with hashes only. */
export function incomparable(rows: number): Tally {
  return { ...nothing, rows: { ...nothing.rows, logged: rows, incomparable: rows } };
}

/** SQL that gives the rows of a comparison as a file has them. */
export function outputColumns(table: string, features: readonly ComparedFeature[], release: Digest): string {
  const names = features.map(({ name }, i) => `CASE WHEN state_${i} <> 'same' THEN ${quoteText(name)} END`);
  const differing = features.length === 0 ? '[]::VARCHAR[]' : `list_filter([${names.join(', ')}], lambda one: one IS NOT NULL)`;
  return `SELECT id, "at", ${quoteText(release)} AS release, outcome, online, offline, reason, ${differing} AS features FROM ${table} ORDER BY id`;
}
