import type { ColumnPart, LogicalType, ProfilePart } from '@tidegate/formats';
import {
  distributionOf,
  keepFrequent,
  packRegisters,
  profileOfPart,
  registerCount,
  type ValueLimits,
  valueLimits,
} from '@tidegate/runtime';
import type { ProfileSide } from './profile-side.ts';

export type Values = readonly (number | string | null)[];

/** For tests: what a profile has of values that are at hand, as if so many different ones were kept at most. */
export function partOfValues(type: LogicalType, values: Values, limits: ValueLimits = valueLimits): ColumnPart {
  const known = values.filter((value) => value !== null);
  const numbers = known.filter((value) => typeof value === 'number');
  const finite = numbers.filter(Number.isFinite);
  const rows = new Map<string, number>();
  for (const value of known) rows.set(String(value), (rows.get(String(value)) ?? 0) + 1);
  const listed = keepFrequent(rows, 0, limits);
  return {
    name: 'x',
    type,
    nulls: values.length - known.length,
    notNumbers: 0,
    below: numbers.filter((value) => value === -Infinity).length,
    above: numbers.filter((value) => value === Infinity).length,
    first: null,
    last: null,
    numbers: distributionOf(finite.map((value) => [value, 1])),
    lengths: null,
    registers: packRegisters(new Uint8Array(registerCount)),
    values: type !== 'string' && listed.error > 0 ? null : listed,
    patterns: null,
  };
}

/** For tests: the profile of one version by its columns. */
export function sideOfParts(parts: { readonly [name: string]: ColumnPart }, rows: number): ProfileSide {
  const columns = Object.entries(parts).map(([name, part]) => ({ ...part, name }));
  const whole: ProfilePart = { format: 'tidegate.profile-part/1', hash: 'test', rows, columns };
  return {
    name: 'a version',
    version: null,
    columns: columns.map(({ name, type }) => ({ name, type, personal: false })),
    time: null,
    profile: profileOfPart(whole, null),
    whole,
  };
}
