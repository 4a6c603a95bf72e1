import { displayWidth } from './display-width.ts';

/** Rows as aligned columns, two blanks apart; columns named in `right` are aligned right. Widths are columns of a terminal. */
export function table(
  rows: readonly (readonly string[])[],
  options: { readonly right?: readonly number[]; readonly indent?: string } = {},
): readonly string[] {
  const { right = [], indent = '' } = options;
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, index) => Math.max(...rows.map((row) => displayWidth(row[index] ?? ''))));
  return rows.map((row) => {
    const cells = row.map((cell, index) => {
      const gap = ' '.repeat((widths[index] ?? 0) - displayWidth(cell));
      return right.includes(index) ? gap + cell : cell + gap;
    });
    return (indent + cells.join('  ')).trimEnd();
  });
}
