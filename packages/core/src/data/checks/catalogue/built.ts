import type { Dimension } from '../../contract/data-contract.ts';
import type { Arguments } from '../../contract/check-arguments.ts';
import type { ShownColumn, Words } from '../check.ts';
import type { ColumnTarget } from '../column-target.ts';

/** What a check of the catalogue measures; its limit is the rule's. */
export type Built =
  | {
      readonly kind: 'rows';
      /** After the column's name, or a whole sentence for a check of the object: `is above 0`. */
      readonly says: string;
      readonly dimension: Dimension;
      readonly bad: string;
      readonly words: Words;
      readonly shows: readonly ShownColumn[];
      readonly window?: string;
    }
  | {
      readonly kind: 'number';
      /** What is measured: `the mean of a`. */
      readonly what: string;
      readonly dimension: Dimension;
      readonly aggregate: string;
      readonly unit: 'plain' | 'percent';
      readonly isHidden: boolean;
    }
  | {
      readonly kind: 'groups';
      readonly says: string;
      readonly dimension: Dimension;
      readonly columns: readonly ShownColumn[];
      readonly aggregate: string;
      readonly bad: string;
      readonly words: Words;
    }
  /** Known from the columns alone. */
  | { readonly kind: 'known'; readonly says: string; readonly dimension: Dimension; readonly holds: boolean; readonly finding: string }
  /** A condition in the user's SQL, for the confined engine. */
  | {
      readonly kind: 'query';
      readonly says: string;
      readonly dimension: Dimension;
      readonly query: string;
      readonly words: Words;
      readonly argument: string;
    };

export interface Surroundings {
  readonly given: Arguments;
  /** The column that an argument names; columns that are not there are refused before. */
  readonly column: (name: string) => ColumnTarget;
  readonly columns: (argument: string) => readonly ColumnTarget[];
  /** All columns of the data in their order. */
  readonly all: readonly ShownColumn[];
}

export type ColumnBuilder = (target: ColumnTarget, surroundings: Surroundings) => Built;
export type ObjectBuilder = (surroundings: Surroundings) => Built;

export const otherwise: Words = { one: 'is not', many: 'are not', instance: true };
export const does: Words = { one: 'does', many: 'do', instance: true };
export const doesNot: Words = { one: 'does not', many: 'do not', instance: true };

/** A check of each value of a column; no value breaks none. */
export function ofValues(
  target: ColumnTarget,
  {
    says,
    bad,
    words = otherwise,
    dimension = 'conformity',
    window,
  }: { readonly says: string; readonly bad: string; readonly words?: Words; readonly dimension?: Dimension; readonly window?: string },
): Built {
  return { kind: 'rows', says, dimension, bad, words, shows: [target.shown], ...(window !== undefined && { window }) };
}

/** Values in words: the first few, and how many more. */
export function listed(values: readonly unknown[]): string {
  const shown = values.slice(0, 6).map(String);
  return values.length > shown.length ? `${shown.join(', ')} and ${values.length - shown.length} more` : shown.join(', ');
}
