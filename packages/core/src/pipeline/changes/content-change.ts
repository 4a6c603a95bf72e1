import type { Json } from '@tidegate/formats';
import { lineChange, type LinesChanged } from './line-change.ts';
import { packagesIn } from './packages-in.ts';
import { parametersIn } from './parameters-in.ts';
import { csvChange, type TableChanged } from './table-change.ts';

/** What is different in a file, as well as its content lets that be told. */
export type ContentChange = PackagesChanged | ParametersChanged | TableChanged | LinesChanged | BytesChanged;

/** A lock of packages: those with another version; null where a side has none of that name. */
export interface PackagesChanged extends Limited<NamedChange<string>> {
  readonly kind: 'packages';
}

/** A JSON, YAML or TOML file: its members by path (`train.depth`). */
export interface ParametersChanged extends Limited<NamedChange<Json>> {
  readonly kind: 'parameters';
}

/** Neither text nor anything else that can be looked into. */
export interface BytesChanged {
  readonly kind: 'bytes';
  readonly before: number;
  readonly after: number;
}

export interface NamedChange<T> {
  readonly name: string;
  readonly before: T | null;
  readonly after: T | null;
}

interface Limited<T> {
  readonly changes: readonly T[];
  /** How many more there are. */
  readonly more: number;
}

/** A file on both sides. */
export interface TwoContents {
  /** Its ending says what it may be. */
  readonly path: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Larger files are told by their size alone. */
export const largestCompared = 8 << 20;
/** Larger texts are not parsed. */
const largestParsed = 1 << 20;
const mostChanges = 20;

/** Compares two contents of one file: by packages, parameters, columns and rows, else by lines, else by size. Bounded, whatever they are. */
export function contentChange({ path, before, after }: TwoContents): ContentChange {
  const sizes: ContentChange = { kind: 'bytes', before: before.byteLength, after: after.byteLength };
  if (Math.max(before.byteLength, after.byteLength) > largestCompared) return sizes;
  const [was, is] = [textOf(before), textOf(after)];
  if (was === null || is === null) return sizes;
  const parsed = Math.max(before.byteLength, after.byteLength) > largestParsed ? null : parsedChange(path, was, is);
  return parsed ?? csvChange(path, was, is) ?? lineChange(was, is) ?? sizes;
}

/** Null for what is no lock and no file of parameters, and for one in which nothing but its form changed. */
function parsedChange(path: string, was: string, is: string): ContentChange | null {
  const [oldPackages, newPackages] = [packagesIn(path, was), packagesIn(path, is)];
  if (oldPackages !== null && newPackages !== null) {
    const changes = namedChanges(oldPackages, newPackages);
    if (changes.length > 0) return { kind: 'packages', ...limited(changes) };
  }
  const [olds, news] = [parametersIn(path, was), parametersIn(path, is)];
  if (olds === null || news === null) return null;
  const changes = namedChanges(olds, news);
  return changes.length === 0 ? null : { kind: 'parameters', ...limited(changes) };
}

function namedChanges<T extends Json>(olds: ReadonlyMap<string, T>, news: ReadonlyMap<string, T>): readonly NamedChange<T>[] {
  return [...new Set([...news.keys(), ...olds.keys()])].flatMap((name) => {
    const [before, after] = [olds.get(name), news.get(name)];
    const isSame = before === after || JSON.stringify(before) === JSON.stringify(after);
    return isSame ? [] : [{ name, before: before ?? null, after: after ?? null }];
  });
}

function limited<T>(changes: readonly T[]): Limited<T> {
  return { changes: changes.slice(0, mostChanges), more: Math.max(0, changes.length - mostChanges) };
}

/** Null for what is not UTF-8, or has a NUL. */
function textOf(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
