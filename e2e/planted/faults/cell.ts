import { quoteName, quoteText } from '@tidegate/runtime';

/** SQL: the cell of the row itself. */
export function own(column: string | undefined): string {
  return `t.${quoteName(column ?? '')}`;
}

/** SQL: the cell of the row that something is taken from. */
export function donor(column: string | undefined): string {
  return `d.${quoteName(column ?? '')}`;
}

/** SQL: that the row has a value in each of these columns. */
export function known(...columns: readonly (string | undefined)[]): string {
  return columns.map((column) => `${own(column)} IS NOT NULL`).join(' AND ');
}

/** SQL: a value of a column, given as text. */
export function literal(text: string, type: string): string {
  return `CAST(${quoteText(text)} AS ${type})`;
}

/** SQL: a number as floating point; without the type the engine would take it for a decimal of as many digits. */
export function number(value: number): string {
  return `(${value}::DOUBLE)`;
}
