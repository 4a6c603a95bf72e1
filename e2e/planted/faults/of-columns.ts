import type { Fault } from '../fault.ts';

const whole = { down: 'as listed', sizes: [1] } as const;
const unchanged = { without: [], renamed: {}, added: {} };

/** Faults of a column as a whole. */
export const faultsOfColumns: readonly Fault[] = [
  {
    kind: 'column gone',
    says: 'a column is not delivered',
    finds: ['present'],
    needs: 'required',
    unit: 'whole column',
    sizes: whole,
    change: ({ columns }) => ({ kind: 'columns', ...unchanged, without: columns }),
  },
  {
    kind: 'column renamed',
    says: 'a column comes under another name',
    finds: ['present', 'declared'],
    needs: 'required',
    unit: 'whole column',
    sizes: whole,
    change: ({ columns: [column = ''] }) => ({ kind: 'columns', ...unchanged, renamed: { [column]: `${column}_new` } }),
  },
  {
    kind: 'column added',
    says: 'a column comes that nobody knows',
    finds: ['declared'],
    needs: 'required',
    unit: 'whole column',
    sizes: whole,
    change: () => ({ kind: 'columns', ...unchanged, added: { surprise: '1' } }),
  },
  {
    kind: 'column as text',
    says: 'numbers are delivered as text, every one of them still a number',
    finds: ['type'],
    needs: 'number',
    unit: 'whole column',
    sizes: whole,
    change: ({ columns: [column = ''] }) => ({
      kind: 'cells',
      eligible: 'true',
      amount: 'all',
      values: { [column]: `CAST(t."${column.replaceAll('"', '""')}" AS VARCHAR)` },
      types: { [column]: 'VARCHAR' },
    }),
  },
];
