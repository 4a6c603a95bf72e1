import type { Change, Fault, Planting } from '../fault.ts';
import { donor, known, literal, number, own } from './cell.ts';

const rows = { unit: 'rows', sizes: { down: 'to one row' } } as const;

/** So many cells of the first column, chosen among the rows that have a value there, become what the SQL says. */
function cells({ columns: [column = ''], size }: Planting, sql: string, more: Partial<Extract<Change, { kind: 'cells' }>> = {}): Change {
  return { kind: 'cells', eligible: known(column), amount: { count: size }, values: { [column]: sql }, ...more };
}

/** Faults of single cells, each of which one row is enough to prove. */
export const faultsOfCells: readonly Fault[] = [
  {
    kind: 'null',
    says: 'nulls in a column that never had one',
    finds: ['required', 'drift of nulls'],
    needs: 'required',
    ...rows,
    change: (planting) => cells(planting, 'NULL'),
  },
  {
    kind: 'empty text',
    says: 'an empty text in place of a value',
    finds: ['missing values', 'set', 'length'],
    needs: 'category',
    ...rows,
    change: (planting) => cells(planting, "''"),
  },
  {
    kind: 'blanks and case',
    says: 'a known class in capitals and with a blank after it',
    finds: ['set', 'pattern', 'drift of categories'],
    needs: 'category',
    ...rows,
    change: (planting) => cells(planting, `upper(${own(planting.columns[0])}) || ' '`),
  },
  {
    kind: 'sentinel',
    says: '-999 in place of a number',
    finds: ['range', 'missing values'],
    needs: 'positive',
    ...rows,
    change: (planting) => cells(planting, '-999'),
  },
  {
    kind: 'infinity',
    says: 'a division by zero upstream',
    finds: ['range'],
    needs: 'fraction',
    ...rows,
    change: (planting) => cells(planting, "'Infinity'::DOUBLE", { types: { [planting.columns[0] ?? '']: 'DOUBLE' } }),
  },
  {
    kind: 'type',
    says: 'a word among numbers, which makes the column one of text',
    finds: ['type'],
    needs: 'number',
    ...rows,
    change: (planting) => cells(planting, "'n/a'", { types: { [planting.columns[0] ?? '']: 'VARCHAR' } }),
  },
  {
    kind: 'decimal comma',
    says: 'numbers written with a comma, which makes the column one of text',
    finds: ['type'],
    needs: 'fraction',
    ...rows,
    change: (planting) =>
      cells(planting, `replace(CAST(${own(planting.columns[0])} AS VARCHAR), '.', ',')`, {
        types: { [planting.columns[0] ?? '']: 'VARCHAR' },
      }),
  },
  {
    kind: 'range',
    says: 'a number ten ranges above all that were seen',
    finds: ['range', 'drift of numbers'],
    needs: 'number',
    ...rows,
    change: (planting) => {
      const { min, max } = planting.facts(planting.columns[0] ?? '');
      return cells(planting, number(max + 10 * (max - min)));
    },
  },
  {
    kind: 'outlier',
    says: 'one number so many ranges above all that were seen',
    finds: ['range'],
    needs: 'number',
    unit: 'ranges',
    sizes: { down: 'as listed', sizes: [10, 1, 0.3, 0.05] },
    change: (planting) => {
      const { min, max } = planting.facts(planting.columns[0] ?? '');
      return cells({ ...planting, size: 1 }, number(max + planting.size * (max - min)));
    },
  },
  {
    kind: 'sign',
    says: 'a number that is never negative with its sign turned',
    finds: ['range'],
    needs: 'positive',
    ...rows,
    change: (planting) => cells(planting, `-${own(planting.columns[0])}`, { eligible: `${own(planting.columns[0])} > 0` }),
  },
  {
    kind: 'set',
    says: 'a class that was never seen',
    finds: ['set'],
    needs: 'category',
    ...rows,
    change: (planting) => cells(planting, "'never seen'"),
  },
  {
    kind: 'pattern',
    says: 'a code without its last character',
    finds: ['pattern', 'length'],
    needs: 'code',
    ...rows,
    change: (planting) => {
      const code = own(planting.columns[0]);
      return cells(planting, `left(${code}, length(${code}) - 1)`);
    },
  },
  {
    kind: 'length',
    says: 'a text of a hundred times its length',
    finds: ['length', 'drift of texts'],
    needs: 'text',
    ...rows,
    change: (planting) => cells(planting, `repeat(${own(planting.columns[0])}, 100)`),
  },
  {
    kind: 'encoding',
    says: 'a text with the signs that a wrong encoding leaves',
    finds: ['pattern'],
    needs: 'text',
    ...rows,
    change: (planting) => cells(planting, `${own(planting.columns[0])} || 'Ã¤\ufffd'`),
  },
  {
    kind: 'not unique',
    says: 'a name that another row has',
    finds: ['unique'],
    needs: 'unique',
    ...rows,
    change: (planting) => cells(planting, donor(planting.columns[0]), { donor: 'other' }),
  },
  {
    kind: 'key',
    says: 'the primary key of another row',
    finds: ['primary key'],
    needs: 'key',
    ...rows,
    change: ({ columns, size }) => ({
      kind: 'cells',
      eligible: known(...columns),
      amount: { count: size },
      donor: 'other',
      values: Object.fromEntries(columns.map((column) => [column, donor(column)])),
    }),
  },
  {
    kind: 'not increasing',
    says: 'a value that should never fall stands where another row has it',
    finds: ['monotone'],
    needs: 'increasing',
    ...rows,
    change: (planting) => cells(planting, donor(planting.columns[0]), { donor: 'other' }),
  },
  {
    kind: 'future',
    says: 'an event a hundred years from now',
    finds: ['future', 'range'],
    needs: 'time',
    ...rows,
    change: (planting) => cells(planting, `${own(planting.columns[0])} + INTERVAL 100 YEAR`),
  },
  {
    kind: 'order of columns',
    says: 'the first of two columns, never above the second, is above it: they are exchanged',
    finds: ['cross-column'],
    needs: 'ordered',
    ...rows,
    change: ({ columns: [low = '', high = ''], size }) => ({
      kind: 'cells',
      eligible: `${own(low)} < ${own(high)}`,
      amount: { count: size },
      values: { [low]: own(high), [high]: own(low) },
    }),
  },
  {
    kind: 'foreign key',
    says: 'a row names one of the other table that is not there',
    finds: ['foreign key'],
    needs: 'foreign',
    ...rows,
    change: (planting) => {
      const column = planting.columns[0] ?? '';
      const { type, max } = planting.facts(column);
      return cells(planting, literal(type === 'VARCHAR' ? 'nobody' : String(max + 1), type));
    },
  },
];
