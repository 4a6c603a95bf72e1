import { compareCodeUnits, failure } from '@tidegate/formats';
import type { PartitionsConfig } from '../project-config.ts';
import { folderNames } from './folder-names.ts';
import { type PartitionRule, parsePartition } from './partition-rule.ts';
import { spanBefore, spanOf } from './span-of-time.ts';

/** What `keep` leaves out of a dataset that is divided by the names of folders. The files stay where they are. */
export interface LeftOut {
  readonly files: number;
  /** How many partitions they are. */
  readonly partitions: number;
  /** The oldest partition that is not left out. */
  readonly before: string;
}

export interface KeptFiles<T> {
  readonly kept: readonly T[];
  /** Null when nothing is left out. */
  readonly leftOut: LeftOut | null;
}

/**
 * The files of the newest partitions, in the order in which they came. What is kept depends on the paths alone and on no clock: an age is counted from the
 * newest partition.
 *
 * @throws TG-DATA-PARTITION when a file lies in no folder that `by` names, or in one whose value is no such time
 */
export function keptFiles<T extends { readonly path: string }>(files: readonly T[], { by, keep }: PartitionsConfig): KeptFiles<T> {
  const rule = parsePartition(by);
  if (rule === null) throw new Error(`Cannot read the partition "${by}": please report this`);
  const partitionOf = new Map(files.map((file) => [file.path, partitionAt(file.path, rule)]));
  const all = [...new Map([...partitionOf.values()].map((one) => [one.name, one])).values()].toSorted(byAge);
  const first = firstKept(all, rule, keep);
  if (first === null) return { kept: files, leftOut: null };
  const isKept = ({ path }: T): boolean => {
    const own = partitionOf.get(path);
    return own !== undefined && byAge(own, first) >= 0;
  };
  const kept = files.filter(isKept);
  if (kept.length === files.length) return { kept: files, leftOut: null };
  const partitions = all.filter((one) => byAge(one, first) < 0).length;
  return { kept, leftOut: { files: files.length - kept.length, partitions, before: nameOfFirst(all, first) } };
}

interface Partition {
  /** `2026-01-02`, or for a value those of the folders on the way, as `2026/01`. */
  readonly name: string;
  readonly values: readonly (string | null)[];
}

/** By time a partition is the span; by value it is the folder, so that `day=02` of two months are two. */
function partitionAt(path: string, { unit, column }: PartitionRule): Partition {
  const folders = folderNames(path);
  const at = folders.findIndex(({ name }) => name === column);
  const own = folders[at];
  if (own === undefined) throw noFolder(path, column);
  if (unit === 'value') {
    const values = folders.slice(0, at + 1).map(({ value }) => value);
    return { name: values.map((value) => value ?? '').join('/'), values };
  }
  if (own.value === null) return { name: '', values: [null] };
  const span = spanOf(own.value, unit);
  if (span === null) throw noTime(path, { unit, column, value: own.value });
  return { name: span, values: [span] };
}

/** Older ones first; whole numbers by their size, all else by their signs; what has no value is the oldest. */
function byAge(one: Partition, other: Partition): number {
  for (const [index, value] of one.values.entries()) {
    const order = compareValues(value, other.values[index] ?? null);
    if (order !== 0) return order;
  }
  return one.values.length - other.values.length;
}

function compareValues(one: string | null, other: string | null): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? -1 : 1;
  if (isWhole(one) && isWhole(other)) {
    const [a, b] = [BigInt(one), BigInt(other)];
    if (a !== b) return a < b ? -1 : 1;
  }
  return compareCodeUnits(one, other);
}

function isWhole(text: string): boolean {
  return /^-?\d+$/.test(text);
}

/** The bound; null when everything is kept. */
function firstKept(all: readonly Partition[], { unit }: PartitionRule, keep: PartitionsConfig['keep']): Partition | null {
  const newest = all.at(-1);
  if (keep === null || newest === undefined) return null;
  if ('partitions' in keep) return all.slice(-keep.partitions)[0] ?? null;
  if (unit === 'value' || newest.name === '') return null;
  const name = spanBefore(newest.name, keep.ms, unit);
  return { name, values: [name] };
}

function nameOfFirst(all: readonly Partition[], first: Partition): string {
  return all.find((one) => byAge(one, first) >= 0)?.name ?? first.name;
}

function noFolder(path: string, column: string): Error {
  return failure(
    'TG-DATA-PARTITION',
    `Cannot tell the partition of "${path}": it lies in no folder "${column}=…"`,
    `Move it into one, or narrow "from" to files in such folders`,
  );
}

function noTime(path: string, { unit, column, value }: PartitionRule & { readonly value: string }): Error {
  return failure(
    'TG-DATA-PARTITION',
    `Cannot tell the partition of "${path}": "${value}" says no ${unit}`,
    `Write "by: value(${column})" to divide by the folders as they are, or name folders as in "${column}=2026-01-02"`,
  );
}
