import type { Column, Json } from '@tidegate/formats';

/** What a document of ODCS can say of a column that inference knows how to find. */
export type ColumnLimitName =
  | 'required'
  | 'unique'
  | 'minimum'
  | 'maximum'
  | 'minLength'
  | 'maxLength'
  | 'pattern'
  | 'nullValues'
  | 'invalidValues'
  | 'between'
  | 'doesNotMatch'
  | 'trimmed'
  | 'finite';

/** One thing that is promised of a column, and why. */
export interface InferredLimit {
  readonly name: ColumnLimitName;
  /** The value of the member of that name, or the whole rule under `quality`. */
  readonly value: Json;
  /**
   * The chance that a next version of the same size, of rows like these, breaks it; null for what is a matter of form, of which the rows prove no more than that it was broken
   * by none of them.
   */
  readonly chance: number | null;
  /** The outermost value or length that a limit of numbers or lengths lies beyond. */
  readonly outermost?: number;
  /** What it was inferred from, for a person. Never a value of a personal column. */
  readonly seen: string;
}

export interface InferredColumn {
  readonly column: Column;
  /** Column with the time from which its values are known. */
  readonly knownAt: string | null;
  /** Place in the primary key from 1; 0 for none. */
  readonly keyPosition: number;
  /** Why its values are taken for those of persons; null when they are not. */
  readonly personal: string | null;
  readonly limits: readonly InferredLimit[];
  /** Why there is no limit where a reader would look for one. */
  readonly remarks: readonly string[];
}

/** A rule of the object: `left` is at most `right`, or the like. */
export interface InferredRule {
  /** Tells rules apart: equal for equal statements. */
  readonly name: string;
  readonly value: Json;
  readonly chance: number | null;
  readonly seen: string;
}

/** What a version says of its dataset. */
export interface InferredContract {
  readonly dataset: string;
  readonly rows: number;
  readonly files: number;
  readonly time: string | null;
  /** Whether `time` was found here and not named by anybody. */
  readonly isTimeInferred: boolean;
  /** Why these columns are the primary key; null when none is known. */
  readonly key: string | null;
  readonly columns: readonly InferredColumn[];
  readonly rules: readonly InferredRule[];
}

/** The chance that a next version like this one breaks anything, as a sum over what has a chance: at most so much. */
export function chanceOf({ columns, rules }: InferredContract): number {
  const all = [...columns.flatMap(({ limits }) => limits), ...rules];
  return all.reduce((sum, { chance }) => sum + (chance ?? 0), 0);
}
