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

/** Ages of a version at a moment, from its profile alone; columns of which that has no newest value, such as personal ones, are left out. */
export function agesOf(version: Pick<DatasetVersion, 'profile'>, contract: DataContract, now: number): readonly AgeOfColumn[] {
  return furtherRules(contract).flatMap(({ body, column }): readonly AgeOfColumn[] => {
    if (body.check !== 'notOlderThan' || column === null) return [];
    const newest = version.profile.columns.find(({ name }) => name === column.name)?.max ?? null;
    const [at, limitMs] = [
      typeof newest === 'string'
        ? Date.parse(/[T ]/.test(newest) && !/Z$|[+-]\d\d:\d\d$/.test(newest) ? `${newest}Z` : newest)
        : Number.NaN,
      numberAt(body.given, 'age') ?? 0,
    ];
    if (typeof newest !== 'string' || Number.isNaN(at)) return [];
    return [{ column: column.name, newest, ageMs: now - at, limitMs, isOld: now - at > limitMs }];
  });
}
