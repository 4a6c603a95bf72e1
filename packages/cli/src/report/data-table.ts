import { type Html, html } from './html.ts';

type Cell = Html | string | number | null;

export interface TableColumn {
  readonly name: string;
  readonly kind?: 'number' | 'words';
}

/**
 * A table that stays one for screen readers, and on a narrow screen has a line for each cell, with the name of its column before it, so that nobody has to scroll sideways.
 *
 * @param columns the first one names the row
 * @returns null without rows
 */
export function dataTable(caption: string, columns: readonly TableColumn[], rows: readonly (readonly Cell[])[]): Html | null {
  if (rows.length === 0) return null;
  const [first] = columns;
  const classOf = (column: TableColumn | undefined): string => column?.kind ?? '';
  return html`<table class="data" role="table" aria-label="${caption}"><thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th role="columnheader" scope="col" class="${classOf(column)}">${column.name}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(
    ([name = null, ...cells]) =>
      html`<tr role="row"><th role="rowheader" scope="row" class="${classOf(first)}">${name}</th>${cells.map((cell, place) => html`<td role="cell" class="${classOf(columns[place + 1])}" data-label="${columns[place + 1]?.name ?? ''}">${cell}</td>`)}</tr>`,
  )}</tbody></table>`;
}
