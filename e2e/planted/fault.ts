import type { ColumnFacts } from './column-facts.ts';

/** What a column of a data set is known for, so that a fault finds the column it can be planted in. */
export type Role =
  /** Never null. */
  | 'required'
  /** Has values and nulls. */
  | 'nullable'
  /** A number with many values. */
  | 'number'
  /** A number that is never negative. */
  | 'positive'
  /** A number with decimals. */
  | 'fraction'
  /** A text with few values. */
  | 'category'
  /** A text or number by which rows are delivered in parts. */
  | 'partition'
  | 'boolean'
  /** Words. */
  | 'text'
  /** A text of a fixed form. */
  | 'code'
  | 'unique'
  /** All columns of the primary key. */
  | 'key'
  /** Never falls from row to row. */
  | 'increasing'
  /** Two columns, the first at most the second in each row. */
  | 'ordered'
  /** Two columns of one type that are easily taken for each other. */
  | 'alike'
  /** Two numbers that go together. */
  | 'related'
  /** A number and a class that go together. */
  | 'labelled'
  /** The event time. */
  | 'time'
  /** A number whose level depends on the hour of the day, and the time. */
  | 'daily'
  /** Names a row of the other table. */
  | 'foreign'
  /** Column of the other table: what `foreign` names. */
  | 'parentKey'
  /** Column of the other table: a total over the rows of this one. */
  | 'parentTotal';

/** Columns by role, those of a role in the order that it says. */
export type Roles = { readonly [R in Role]?: readonly string[] };

/**
 * A kind of fault, as data: what it needs, how large it may be, what should find it, and the SQL that makes it. In SQL a cell of the row is
 * `t."column"`, one of the row it takes something from `d."column"`.
 */
export interface Fault {
  readonly kind: string;
  readonly says: string;
  /** Kinds of checks and of drift that should find it. */
  readonly finds: readonly Finder[];
  readonly needs: Role;
  /** What its size counts. */
  readonly unit: Unit;
  readonly sizes: Sizes;
  /** How its size is told from what drift itself says it would find. Default: drift says nothing of it. */
  readonly told?: Told;
  readonly change: (planting: Planting) => Change;
}

export type Finder = CheckKind | DriftKind;

export type CheckKind =
  | 'present'
  | 'declared'
  | 'type'
  | 'required'
  | 'missing values'
  | 'range'
  | 'set'
  | 'pattern'
  | 'length'
  | 'unique'
  | 'primary key'
  | 'duplicates'
  | 'monotone'
  | 'freshness'
  | 'future'
  | 'constant'
  | 'precision'
  | 'cross-column'
  | 'row count'
  | 'volume'
  | 'completeness'
  | 'foreign key'
  | 'reconciliation';

export type DriftKind =
  | 'drift of nulls'
  | 'drift of numbers'
  | 'drift of categories'
  | 'drift of truth values'
  | 'drift of times'
  | 'drift of texts'
  | 'multivariate drift'
  | 'seasonal drift';

export type Unit = 'rows' | 'share of rows' | 'standard deviations' | 'times' | 'hours' | 'ranges' | 'whole column';

export type Sizes =
  /** One row is enough for a check that allows none: from a tenth of the rows down to one. */
  | { readonly down: 'to one row' }
  /** Down to the rows with a value never seen before that Fisher's exact test tells from none. */
  | { readonly down: 'to unseen rows' }
  /** Down to the size at which a z test of the mean of a score finds it; the score is of a row before and after a fault of size one. */
  | { readonly down: 'to a score'; readonly gross: number; readonly score: (planting: Omit<Planting, 'size'>) => Score }
  /** Down to what the numbers of rows of earlier versions leave to chance. */
  | { readonly down: 'to the usual volume'; readonly gross: number; readonly otherwise: readonly number[] }
  /** Sizes for which no limit can be computed, the largest first. */
  | { readonly down: 'as listed'; readonly sizes: readonly number[] };

/**
 * - `deviations`, `spread`, `missing`, `unseen`: what is said of the first column is the size; of `unseen`, as a share of the rows with a value.
 * - `distance`: the size at which the bins of a column of the fault are as far apart as any change that would be found.
 * - `characters`, `vocabulary`: the same of how long texts are and which words they have, of which the first is counted in bins and of the second every word is another one.
 */
export type Told = 'deviations' | 'spread' | 'missing' | 'unseen' | 'distance' | 'characters' | 'vocabulary';

/** SQL of two numbers over a row `t`. */
export interface Score {
  readonly before: string;
  readonly after: string;
}

export interface Planting {
  /** The columns of the role. */
  readonly columns: readonly string[];
  readonly size: number;
  /** What the earlier rows have in each column. */
  readonly facts: (column: string) => ColumnFacts;
}

/** How many of the eligible rows: a share, a number, or all of them. */
export type Amount = { readonly share: number } | { readonly count: number } | 'all';

/** Which of the eligible rows: by chance, a run of neighbours that begins by chance, or the last. */
export type Choice = 'chance' | 'run' | 'last';

export type Change =
  /** Cells get other values, SQL by column. A row gets a donor: the next chosen one (`cycle`), or one that is itself not changed (`other`). */
  | {
      readonly kind: 'cells';
      readonly eligible: string;
      readonly amount: Amount;
      readonly choice?: Choice;
      readonly donor?: 'cycle' | 'other';
      readonly values: { readonly [column: string]: string };
      /** Column → the type that it has afterwards. Default: its own. */
      readonly types?: { readonly [column: string]: string };
    }
  /** Columns go, get another name, or come. */
  | {
      readonly kind: 'columns';
      readonly without: readonly string[];
      readonly renamed: { readonly [column: string]: string };
      readonly added: { readonly [column: string]: string };
    }
  | { readonly kind: 'removed rows'; readonly eligible: string; readonly amount: Amount; readonly choice?: Choice }
  /** Rows come a second time, after all others. */
  | { readonly kind: 'repeated rows'; readonly eligible: string; readonly amount: Amount }
  /** The same in the other table; `this` stands for the table itself. */
  | { readonly kind: 'in the other table'; readonly change: Exclude<Change, { readonly kind: 'in the other table' }> };
