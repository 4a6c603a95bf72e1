import type { Column, ColumnProfile, DatasetVersion, Digest, LogicalType } from '@tidegate/formats';
import { distributionDistance } from './profile/distance.ts';

/** What changed from one dataset version to another. */
export interface VersionDifference {
  readonly rows: Change<number>;
  readonly bytes: Change<number>;
  readonly files: Change<number>;
  /** Whether both have the very same files. */
  readonly sameFiles: boolean;
  /** Whether both were checked against the same data contract. */
  readonly sameContract: boolean;
  readonly added: readonly Column[];
  readonly removed: readonly Column[];
  readonly retyped: readonly { readonly name: string; readonly before: LogicalType; readonly after: LogicalType }[];
  /** Columns of both versions whose figures differ, in the order of the later one. */
  readonly columns: readonly ColumnDifference[];
  /** Checks whose verdict differs, or that only one version has (then the other side is null). */
  readonly checks: readonly { readonly name: string; readonly before: string | null; readonly after: string | null }[];
}

export interface Change<T> {
  readonly before: T;
  readonly after: T;
}

export interface ColumnDifference {
  readonly name: string;
  /** Share of rows that are null, 0 to 1. */
  readonly nullShare: Change<number>;
  readonly distinct: Change<number>;
  readonly mean: Change<number | null>;
  readonly std: Change<number | null>;
  /** How far the values have moved, 0 to 1; null when it cannot be said. */
  readonly distance: number | null;
  /** Difference of the means in standard deviations of the earlier version; null when it cannot be said. */
  readonly shift: number | null;
  readonly min: Change<number | string | null>;
  readonly max: Change<number | string | null>;
  /** Of the most frequent values, those that only the later version has. */
  readonly newValues: readonly string[];
}

/** Everything that profiles, schemas and checks tell of the change from `before` to `after`. */
export function compareVersions(before: DatasetVersion, after: DatasetVersion): VersionDifference {
  const olds = new Map(before.columns.map((column) => [column.name, column]));
  const news = new Set(after.columns.map(({ name }) => name));
  return {
    rows: { before: before.rows, after: after.rows },
    bytes: { before: before.bytes, after: after.bytes },
    files: { before: before.files, after: after.files },
    sameFiles: sameDigest(before.tree, after.tree),
    sameContract: sameDigest(before.contract, after.contract),
    added: after.columns.filter(({ name }) => !olds.has(name)),
    removed: before.columns.filter(({ name }) => !news.has(name)),
    retyped: after.columns.flatMap(({ name, type }) => {
      const old = olds.get(name);
      return old === undefined || old.type === type ? [] : [{ name, before: old.type, after: type }];
    }),
    columns: columnDifferences(before, after),
    checks: checkDifferences(before, after),
  };
}

function sameDigest(one: Digest | null, other: Digest | null): boolean {
  return one === other;
}

function columnDifferences(before: DatasetVersion, after: DatasetVersion): readonly ColumnDifference[] {
  const olds = new Map(before.profile.columns.map((profile) => [profile.name, profile]));
  return after.profile.columns.flatMap((profile) => {
    const old = olds.get(profile.name);
    const difference = old === undefined ? null : columnDifference(old, profile);
    return difference === null || isNothing(difference) ? [] : [difference];
  });
}

function columnDifference(before: ColumnProfile, after: ColumnProfile): ColumnDifference {
  const known = new Set(before.top?.map(({ value }) => value) ?? []);
  // only a complete list tells that a value is new
  const isComplete = before.top !== null && before.top.length === before.distinct;
  return {
    name: after.name,
    nullShare: { before: share(before), after: share(after) },
    distinct: { before: before.distinct, after: after.distinct },
    mean: { before: before.mean, after: after.mean },
    std: { before: before.std, after: after.std },
    distance: distributionDistance(before, after),
    shift:
      before.mean === null || after.mean === null || before.std === null || before.std === 0
        ? null
        : (after.mean - before.mean) / before.std,
    min: { before: before.min, after: after.min },
    max: { before: before.max, after: after.max },
    newValues: isComplete ? (after.top ?? []).map(({ value }) => value).filter((value) => !known.has(value)) : [],
  };
}

function share({ nulls, rows }: ColumnProfile): number {
  return rows === 0 ? 0 : nulls / rows;
}

function isNothing({ nullShare, distinct, mean, std, min, max, distance, newValues }: ColumnDifference): boolean {
  const figures = [nullShare, distinct, mean, std, min, max];
  return newValues.length === 0 && (distance ?? 0) === 0 && figures.every((change) => change.before === change.after);
}

function checkDifferences(before: DatasetVersion, after: DatasetVersion): VersionDifference['checks'] {
  const olds = new Map(before.checks.map(({ name, verdict }) => [name, verdict]));
  const news = new Map(after.checks.map(({ name, verdict }) => [name, verdict]));
  return [...new Set([...news.keys(), ...olds.keys()])]
    .map((name) => ({ name, before: olds.get(name) ?? null, after: news.get(name) ?? null }))
    .filter((check) => check.before !== check.after);
}
