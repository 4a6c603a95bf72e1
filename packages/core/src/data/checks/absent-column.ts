import type { Check } from './check.ts';

/** The check that a column is there, of one that is not: `finding` says what is instead, or what follows. */
export function absentColumn(name: string, finding = 'it is not, so that nothing else of it was measured'): Check {
  return {
    name: `${name}.present`,
    column: name,
    promise: `${name} is there`,
    dimension: 'completeness',
    severity: 'error',
    shows: [],
    measure: { kind: 'known', verdict: 'fail', measured: false, finding },
  };
}
