import type { Fault } from '../fault.ts';
import { known, literal, number, own } from './cell.ts';

/** Faults of how many rows come, which, and of the other table. */
export const faultsOfTables: readonly Fault[] = [
  {
    kind: 'repeated rows',
    says: 'rows that come twice',
    finds: ['duplicates', 'primary key'],
    needs: 'required',
    unit: 'rows',
    sizes: { down: 'to one row' },
    change: ({ size }) => ({ kind: 'repeated rows', eligible: 'true', amount: { count: size } }),
  },
  {
    kind: 'loaded twice',
    says: 'the table is there twice',
    finds: ['volume', 'duplicates'],
    needs: 'required',
    unit: 'share of rows',
    sizes: { down: 'as listed', sizes: [1] },
    change: () => ({ kind: 'repeated rows', eligible: 'true', amount: 'all' }),
  },
  {
    kind: 'no rows',
    says: 'the table is empty',
    finds: ['row count', 'volume'],
    needs: 'required',
    unit: 'share of rows',
    sizes: { down: 'as listed', sizes: [1] },
    change: () => ({ kind: 'removed rows', eligible: 'true', amount: 'all' }),
  },
  {
    kind: 'volume falls',
    says: 'rows are lost by chance',
    finds: ['volume', 'row count'],
    needs: 'required',
    unit: 'share of rows',
    sizes: { down: 'to the usual volume', gross: 0.9, otherwise: [0.9, 0.5, 0.2] },
    change: ({ size }) => ({ kind: 'removed rows', eligible: 'true', amount: { share: size } }),
  },
  {
    kind: 'cut off',
    says: 'the last rows are missing',
    finds: ['volume', 'freshness'],
    needs: 'time',
    unit: 'share of rows',
    sizes: { down: 'to the usual volume', gross: 0.9, otherwise: [0.9, 0.5, 0.2] },
    change: ({ size }) => ({ kind: 'removed rows', eligible: 'true', amount: { share: size }, choice: 'last' }),
  },
  {
    kind: 'partition gone',
    says: 'no row of the largest partition',
    finds: ['completeness', 'drift of categories'],
    needs: 'partition',
    unit: 'whole column',
    sizes: { down: 'as listed', sizes: [1] },
    change: ({ columns: [column = ''], facts }) => {
      const { frequent, type } = facts(column);
      return { kind: 'removed rows', eligible: `${own(column)} = ${literal(frequent, type)}`, amount: 'all' };
    },
  },
  {
    kind: 'partition thin',
    says: 'a share of the largest partition is missing',
    finds: ['completeness', 'drift of categories'],
    needs: 'partition',
    unit: 'share of rows',
    sizes: {
      down: 'to a score',
      gross: 0.9,
      score: ({ columns: [column = ''], facts }) => {
        const { frequent, type } = facts(column);
        const is = `(${own(column)} = ${literal(frequent, type)})::INT`;
        // what is lost weighs less by those that go with it: of a share p only p (1 - p) is seen
        return { before: is, after: `${is} * (SELECT avg((u.${own(column).slice(2)} = ${literal(frequent, type)})::INT) FROM past u)` };
      },
    },
    told: 'distance',
    change: ({ columns: [column = ''], facts, size }) => {
      const { frequent, type } = facts(column);
      return { kind: 'removed rows', eligible: `${own(column)} = ${literal(frequent, type)}`, amount: { share: size } };
    },
  },
  {
    kind: 'stale',
    says: 'the newest event is so many hours older: what was delivered before comes again',
    finds: ['freshness'],
    needs: 'time',
    unit: 'hours',
    sizes: { down: 'as listed', sizes: [24 * 365, 24 * 30, 24 * 3] },
    change: ({ columns: [column = ''], size }) => ({
      kind: 'cells',
      eligible: known(column),
      amount: 'all',
      values: { [column]: `${own(column)} - INTERVAL ${Math.round(size * 3600)} SECOND` },
    }),
  },
  {
    kind: 'parent gone',
    says: 'rows of the other table that this one names are missing there',
    finds: ['foreign key'],
    needs: 'parentKey',
    unit: 'rows',
    sizes: { down: 'to one row' },
    change: ({ columns: [column = ''], size }) => ({
      kind: 'in the other table',
      change: { kind: 'removed rows', eligible: known(column), amount: { count: size } },
    }),
  },
  {
    kind: 'reconciliation',
    says: 'a total in the other table is a tenth too high',
    finds: ['reconciliation'],
    needs: 'parentTotal',
    unit: 'rows',
    sizes: { down: 'to one row' },
    change: ({ columns: [column = ''], size }) => ({
      kind: 'in the other table',
      change: { kind: 'cells', eligible: known(column), amount: { count: size }, values: { [column]: `${own(column)} * ${number(1.1)}` } },
    }),
  },
];
