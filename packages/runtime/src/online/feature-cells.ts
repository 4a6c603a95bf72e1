import type { Cell } from '../engine.ts';

/** Numbers that JSON cannot carry, as the engine's rows write them; a column of numbers holds no other text. */
const special: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
]);

/** The values of one entity as JSON text. NaN, infinities and the negative zero are written as texts. */
export function encodeCells(values: readonly Cell[]): string {
  return JSON.stringify(values.map((value) => (typeof value === 'number' ? encodeNumber(value) : value)));
}

export function decodeCells(text: string): readonly Cell[] {
  return JSON.parse(text) as readonly Cell[];
}

/** The number a cell of a numeric column stands for; anything else is given back as it is. */
export function numberOf(value: Cell): Cell {
  return typeof value === 'string' ? (special.get(value) ?? value) : value;
}

function encodeNumber(value: number): Cell {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}
