import { type FeatureColumn, type FeatureServiceSpec, type FeatureViewSpec, invariant } from '@tidegate/formats';
import type { Cell, Row } from '../engine.ts';
import { entityKeyCodec } from './entity-key.ts';
import { numberOf } from './feature-cells.ts';
import type { OnlineRow, OnlineStore } from './online-store.ts';

/**
 * What a look-up says of a value. `NOT_FOUND`: the entity is not there, or what is there happened or became known after the
 * moment asked for. `OUTSIDE_MAX_AGE`: it is older than the view's time to live; the value is null, as in a training set.
 */
export type FeatureStatus = 'PRESENT' | 'NULL_VALUE' | 'NOT_FOUND' | 'OUTSIDE_MAX_AGE';

/** By column, then by row: the form a model and a feature-major answer want. */
export interface FeatureLookUp {
  /** `values[column][row]`; null unless the status is `PRESENT`. NaN and infinities are numbers. */
  readonly values: readonly (readonly Cell[])[];
  readonly statuses: readonly (readonly FeatureStatus[])[];
  /** `agesMs[view][row]`: from the event to the moment asked for, in milliseconds, expired or not; null when not found. */
  readonly agesMs: readonly (readonly (number | null)[])[];
}

export interface FeatureReader {
  /** The columns looked up, in order: the service's views one after another, each feature as `VIEW__FEATURE`. */
  readonly columns: readonly FeatureColumn[];
  /** Names of the views, in order. */
  readonly views: readonly string[];
  /**
   * Looks up the features of rows that hold the service's entity keys by name, each as of its own moment (milliseconds since
   * 1970, one for each row). One read a view.
   *
   * @throws TG-FEATURES-KEY-TYPE for a key of another type than the service's.
   */
  readonly lookUp: (rows: readonly Row[], atMs: readonly number[]) => Promise<FeatureLookUp>;
}

/** Prepares look-ups of a feature service's views; hold on to it, it is made once for many requests. */
export function featureReader(store: OnlineStore, spec: FeatureServiceSpec): FeatureReader {
  const views = spec.views.map((view) => ({ view, encode: entityKeyCodec(keysOf(spec, view)) }));
  return {
    columns: spec.views.flatMap((view) => view.features.map((feature) => ({ ...feature, name: `${view.name}__${feature.name}` }))),
    views: spec.views.map(({ name }) => name),
    lookUp: async (rows, atMs) => {
      const keys = views.map(({ view, encode }) => rows.map((row) => encode(view.keys.map((key) => row[key]))));
      const found = await Promise.all(views.map(({ view }, index) => store.read(view.version, keys[index] ?? [])));
      const result = { values: [] as Cell[][], statuses: [] as FeatureStatus[][], agesMs: [] as (number | null)[][] };
      for (const [index, { view }] of views.entries()) addColumns(result, view, { found: found[index] ?? [], atMs });
      return result;
    },
  };
}

function keysOf(spec: FeatureServiceSpec, view: FeatureViewSpec): readonly FeatureColumn[] {
  return view.keys.map((name) => {
    const key = spec.keys.find((candidate) => candidate.name === name);
    invariant(key !== undefined, `the feature service lists the key "${name}" of the view "${view.name}"`);
    return key;
  });
}

interface Columns {
  readonly values: Cell[][];
  readonly statuses: FeatureStatus[][];
  readonly agesMs: (number | null)[][];
}

interface Found {
  readonly found: readonly (OnlineRow | null)[];
  readonly atMs: readonly number[];
}

function addColumns(result: Columns, view: FeatureViewSpec, { found, atMs }: Found): void {
  const standing = found.map((row, index) => standingOf(row, atMs[index] ?? Number.NaN, view.ttlMs));
  result.agesMs.push(
    found.map((row, index) => (row === null || standing[index] === 'NOT_FOUND' ? null : (atMs[index] ?? Number.NaN) - row.eventUs / 1000)),
  );
  for (const [position, feature] of view.features.entries()) {
    const numeric = feature.type === 'number' || feature.type === 'integer';
    const values: Cell[] = found.map(() => null);
    const statuses: FeatureStatus[] = [...standing];
    for (const [index, row] of found.entries()) {
      if (row === null || standing[index] !== 'PRESENT') continue;
      const value = row.values[position] ?? null;
      if (value === null) statuses[index] = 'NULL_VALUE';
      else values[index] = numeric ? numberOf(value) : value;
    }
    result.values.push(values);
    result.statuses.push(statuses);
  }
}

/** The same rule as the point-in-time join: bounds inclusive on both sides, expired only when strictly older than the time to live. */
function standingOf(row: OnlineRow | null, atMs: number, ttlMs: number | null): FeatureStatus {
  const atUs = atMs * 1000;
  if (row === null || !(row.eventUs <= atUs && row.knownUs <= atUs)) return 'NOT_FOUND';
  return ttlMs !== null && atUs - row.eventUs > ttlMs * 1000 ? 'OUTSIDE_MAX_AGE' : 'PRESENT';
}
