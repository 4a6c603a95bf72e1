import { limitInWords } from '../checks/limit.ts';
import { textAt } from '../contract/check-arguments.ts';
import { type Judge, known } from './further-place.ts';
import { formerLookedAt } from './further-rules.ts';

/** `rowCountChange`: how many more rows than former versions had, as their median. */
export const rowCountChange: Judge = (rule, { version, former }) => {
  const { limit, given } = rule.body;
  const looked = formerLookedAt(rule);
  const isPercent = textAt(given, 'in') !== 'rows';
  const than = looked === 1 ? 'the former version' : `the median of the ${looked} former versions`;
  const promise = `the number of rows has changed against ${than} by ${limitInWords({ ...limit, unit: 'rows' })}${isPercent ? ' percent' : ''}`;
  const counts = former.slice(0, looked).map(({ rows }) => rows);
  const unknown = (finding: string) => known(promise, 'coverage', { verdict: 'inconclusive', measured: null, finding });
  if (counts.length < looked) return unknown(`not measured, there are ${counts.length} former versions, and ${looked} are needed`);
  const base = medianOf(counts);
  if (isPercent && base === 0) return unknown('not measured, there was no row before');
  const difference = version.rows - base;
  return {
    promise,
    dimension: 'coverage',
    measure: { kind: 'number', aggregate: '', limit, unit: isPercent ? 'percent' : 'plain', isHidden: false },
    measurement: { found: isPercent ? (100 * difference) / base : difference },
    examples: [],
    shows: [],
  };
};

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
