import { type DataContract, noRows, unitMs } from '../contract/data-contract.ts';
import type { FurtherRule } from './further-rule.ts';

/** The service levels of a data contract as the checks `notOlderThan` and `noneOlderThan`, judged at the moment of the reading: `COLUMN.latency`, `COLUMN.retention`. */
export function serviceLevelRules({ serviceLevels, columns }: DataContract): readonly FurtherRule[] {
  return serviceLevels.map(({ property, column, value, unit, path }): FurtherRule => {
    const check = property === 'latency' ? 'notOlderThan' : 'noneOlderThan';
    const body = { kind: 'check', check, given: { age: value * unitMs[unit] }, limit: noRows } as const;
    return {
      rule: { name: property, description: null, dimension: 'timeliness', severity: 'error', body, path },
      body,
      column: columns.find(({ name }) => name === column) ?? null,
      unjudged: null,
    };
  });
}
