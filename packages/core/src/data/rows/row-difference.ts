import type { Json } from '@tidegate/formats';

/** How the rows of two dataset versions differ; all counts are exact. */
export interface RowDifference {
  /** Columns by which rows were told apart; empty: each was compared as a whole, so that a changed one counts as removed and added. */
  readonly key: readonly string[];
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Of the rows that changed, how many did so in which column; those that changed in none are left out. Most rows first. */
  readonly changedColumns: readonly { readonly name: string; readonly rows: number }[];
  /** Columns that only one version has by name, and that have equal values in all rows that both have. */
  readonly renamed: readonly { readonly before: string; readonly after: string }[];
  readonly examples: RowExamples;
  /** Row groups or files of both versions, and how many of them were read; those that both have were not. */
  readonly pieces: { readonly all: number; readonly read: number };
}

/** The first rows that were found, of each kind at most as many as asked for. */
export interface RowExamples {
  readonly added: readonly ExampleRow[];
  readonly removed: readonly ExampleRow[];
  readonly changed: readonly { readonly before: ExampleRow; readonly after: ExampleRow }[];
}

export type ExampleRow = { readonly [column: string]: Json };

/** What was found in a part of the rows. */
export type PartDifference = Omit<RowDifference, 'key' | 'renamed' | 'pieces'> & {
  /** Pairs of columns that are equal in all rows of the part that both versions have. */
  readonly alike: readonly string[];
};

/** The difference of all parts together, with at most so many examples. */
export function inAll(parts: readonly PartDifference[], limit: number): PartDifference {
  const columns = new Map<string, number>();
  for (const { name, rows } of parts.flatMap(({ changedColumns }) => changedColumns)) columns.set(name, (columns.get(name) ?? 0) + rows);
  const sum = (of: (part: PartDifference) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const first = <T>(of: (part: PartDifference) => readonly T[]): readonly T[] => parts.flatMap(of).slice(0, limit);
  return {
    added: sum(({ added }) => added),
    removed: sum(({ removed }) => removed),
    changed: sum(({ changed }) => changed),
    changedColumns: [...columns].map(([name, rows]) => ({ name, rows })).sort((one, other) => other.rows - one.rows),
    examples: {
      added: first(({ examples }) => examples.added),
      removed: first(({ examples }) => examples.removed),
      changed: first(({ examples }) => examples.changed),
    },
    alike: (parts[0]?.alike ?? []).filter((pair) => parts.every(({ alike }) => alike.includes(pair))),
  };
}
