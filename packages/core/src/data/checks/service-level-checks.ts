import { noRows, type ServiceLevel, unitMs } from '../contract/data-contract.ts';
import { familyOf } from '../profile/column-facts.ts';
import type { Check } from './check.ts';
import type { ColumnTarget } from './column-target.ts';
import { momentSql } from './sql-literal.ts';

/**
 * Service levels as checks against a moment, in milliseconds since 1970. They are no part of a version, whose verdict must not depend on when it is looked at.
 * Infinite times have no age, and times in the future say nothing of how old the newest row is.
 */
export function serviceLevelChecks(
  levels: readonly ServiceLevel[],
  { columns, now }: { readonly columns: ReadonlyMap<string, ColumnTarget>; readonly now: number },
): readonly Check[] {
  return levels.map((level): Check => {
    const { property, column, value, unit } = level;
    const target = columns.get(column);
    const length = `${value} ${unit}${value === 1 ? '' : 's'}`;
    const promise = property === 'latency' ? `the newest ${column} is at most ${length} old` : `no ${column} is more than ${length} old`;
    const named = { name: `${column}.${property}`, column, promise, dimension: 'timeliness', severity: 'error' } as const;
    if (target === undefined) return { ...named, shows: [], measure: notMeasured(`there is no column "${column}"`) };
    if (familyOf(target.type) !== 'moment' || target.type === 'time')
      return { ...named, shows: [], measure: notMeasured(`it is ${target.type}, which has no age`) };
    const age = `(epoch_ms(${momentSql(new Date(now).toISOString(), 'timestamp')}) - epoch_ms(CAST(${target.sql} AS TIMESTAMP)))`;
    const ages = `CASE WHEN isfinite(${target.sql}) THEN ${age} END`;
    if (property === 'retention') {
      const words = { one: 'is older', many: 'are older', instance: true };
      return {
        ...named,
        shows: [target.shown],
        measure: { kind: 'rows', bad: `${ages} > ${value * unitMs[unit]}`, limit: noRows, extreme: null, words },
      };
    }
    const limit = { operator: 'mustBeLessOrEqualTo', values: [value], unit: 'rows' } as const;
    const measure = {
      kind: 'number',
      aggregate: `min(${ages}) FILTER (WHERE ${ages} >= 0) / ${unitMs[unit]}.0`,
      limit,
      unit: 'plain',
      isHidden: target.personal,
    } as const;
    return { ...named, promise: `the age of the newest ${column}, in ${unit}s, is at most ${value}`, shows: [], measure };
  });
}

function notMeasured(finding: string): Check['measure'] {
  return { kind: 'known', verdict: 'inconclusive', measured: null, finding };
}
