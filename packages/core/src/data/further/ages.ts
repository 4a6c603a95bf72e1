import type { DatasetVersion } from '@tidegate/formats';
import { numberAt } from '../contract/check-arguments.ts';
import type { DataContract } from '../contract/data-contract.ts';
import { furtherRules } from './further-rules.ts';

/** How old a column is that must not be older than so much. */
export interface AgeOfColumn {
  readonly column: string;
  /** Its newest value, ISO 8601. */
  readonly newest: string;
  /** How long before the moment that is asked about; below 0 when it is after. */
  readonly ageMs: number;
  readonly limitMs: number;
  readonly isOld: boolean;
}

/** An age that a data contract promises. */
export interface PromisedColumnAge {
  readonly column: string;
  readonly limitMs: number;
}

/** Of the columns that are not personal. */
export function agesPromised(contract: DataContract): readonly PromisedColumnAge[] {
  return furtherRules(contract).flatMap(({ body, column }) =>
    body.check !== 'notOlderThan' || column === null || column.personal
      ? []
      : [{ column: column.name, limitMs: numberAt(body.given, 'age') ?? 0 }],
  );
}

/** Ages of a version at a moment, from its profile alone; columns of which that has no newest value, such as personal ones, are left out. */
export function agesOf(version: Pick<DatasetVersion, 'profile'>, contract: DataContract, now: number): readonly AgeOfColumn[] {
  return furtherRules(contract).flatMap(({ body, column }): readonly AgeOfColumn[] => {
    if (body.check !== 'notOlderThan' || column === null) return [];
    const newest = version.profile.columns.find(({ name }) => name === column.name)?.max ?? null;
    const [at, limitMs] = [typeof newest === 'string' ? momentOf(newest) : Number.NaN, numberAt(body.given, 'age') ?? 0];
    if (typeof newest !== 'string' || Number.isNaN(at)) return [];
    return [{ column: column.name, newest, ageMs: now - at, limitMs, isOld: now - at > limitMs }];
  });
}

/** A moment of a profile, in milliseconds since 1970; one without a zone is of UTC. NaN for what is none. */
export function momentOf(text: string): number {
  return Date.parse(/[T ]/.test(text) && !/Z$|[+-]\d\d:\d\d$/.test(text) ? `${text}Z` : text);
}
