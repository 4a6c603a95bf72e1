/** One of the checks that every tool is given. */
export type AskedCheck =
  | { readonly name: string; readonly column: string; readonly kind: 'null' }
  | { readonly name: string; readonly column: string; readonly kind: 'min' | 'max'; readonly limit: number | string }
  | { readonly name: string; readonly column: string; readonly kind: 'set'; readonly values: readonly string[] }
  | { readonly name: string; readonly column: string; readonly kind: 'pattern'; readonly pattern: string }
  | { readonly name: string; readonly column: string; readonly kind: 'length'; readonly min: number; readonly max: number }
  | { readonly name: string; readonly column: string; readonly kind: 'unique' }
  /** At most this share of the rows has no value. */
  | { readonly name: string; readonly column: string; readonly kind: 'nullShare'; readonly share: number }
  | { readonly name: string; readonly column: null; readonly kind: 'rows'; readonly least: number };

export const columns = [
  'id',
  'at',
  'a1',
  'a2',
  'a3',
  'a4',
  'a5',
  'a6',
  'n1',
  'n2',
  'n3',
  'n4',
  'c1',
  'c2',
  'c3',
  'price',
  'flag',
  'rare',
  'code',
  'batch',
] as const;

/** Sixty checks of the table of 20 columns: all columns for missing values, numbers and the time for bounds, texts for form, the key, the size. */
export function sixtyChecks(rows: number): readonly AskedCheck[] {
  const bounds: readonly (readonly [string, number | string, number | string])[] = [
    ['id', 0, rows],
    ['at', '2013-01-01 00:00:00', '2014-12-31 00:00:00'],
    ...['a1', 'a2', 'a3', 'a4', 'a5', 'a6'].map((column) => [column, 0, 1] as const),
    ...[1, 2, 3, 4].map((digit) => [`n${digit}`, 0, 10 ** (digit + 1) - 1] as const),
    ['price', 0, 10_000],
    ['rare', 0, 499],
    ['batch', 0, rows],
  ];
  const kinds = Array.from({ length: 20 }, (_, index) => `kind ${index}`);
  return [
    ...columns.filter((column) => column !== 'rare').map((column) => ({ name: `${column}.null`, column, kind: 'null' }) as const),
    { name: 'rare.nullShare', column: 'rare', kind: 'nullShare', share: 0.15 },
    ...bounds.flatMap(([column, min, max]) => [
      { name: `${column}.min`, column, kind: 'min', limit: min } as const,
      { name: `${column}.max`, column, kind: 'max', limit: max } as const,
    ]),
    { name: 'c1.set', column: 'c1', kind: 'set', values: kinds },
    ...['c1', 'c2', 'c3'].map((column) => ({ name: `${column}.pattern`, column, kind: 'pattern', pattern: '^kind [0-9]+$' }) as const),
    { name: 'code.pattern', column: 'code', kind: 'pattern', pattern: '^[0-9]{9}$' },
    { name: 'c2.length', column: 'c2', kind: 'length', min: 6, max: 8 },
    { name: 'c3.length', column: 'c3', kind: 'length', min: 6, max: 9 },
    { name: 'code.length', column: 'code', kind: 'length', min: 9, max: 9 },
    { name: 'id.unique', column: 'id', kind: 'unique' },
    { name: 'rows', column: null, kind: 'rows', least: rows },
  ];
}
