/** A table: columns that came and went, and how many rows it has. */
export interface TableChanged {
  readonly kind: 'table';
  readonly rows: { readonly before: number; readonly after: number };
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Columns whose type or figures differ, those that moved most first; none where only columns and rows were counted. */
  readonly columns: readonly ColumnChanged[];
}

export interface ColumnChanged {
  readonly name: string;
  /** What of it differs, in the order of what matters most: `type`, `nulls`, `mean`, `min`, `max`, `distinct`. */
  readonly figure: string;
  readonly before: string | number | null;
  readonly after: string | number | null;
}

const mostColumns = 200;

/** Columns and rows of two CSV or TSV texts with a header; null for anything else. */
export function csvChange(path: string, was: string, is: string): TableChanged | null {
  if (!/\.[ct]sv$/i.test(path)) return null;
  const [olds, news] = [columnsOf(was), columnsOf(is)];
  return {
    kind: 'table',
    rows: { before: rowsOf(was), after: rowsOf(is) },
    added: news.filter((name) => !olds.includes(name)),
    removed: olds.filter((name) => !news.includes(name)),
    columns: [],
  };
}

function columnsOf(text: string): readonly string[] {
  const header = /^[^\r\n]*/.exec(text.replace(/^\ufeff/, ''))?.[0] ?? '';
  const separators = [',', ';', '\t', '|'];
  const [separator = ','] = separators.toSorted((a, b) => header.split(b).length - header.split(a).length);
  return header
    .split(separator)
    .slice(0, mostColumns)
    .map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
}

/** Lines after the header; a line break inside of quotes ends no row (RFC 4180). */
function rowsOf(text: string): number {
  let rows = 0;
  let isQuoted = false;
  let isEmpty = true;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x22) isQuoted = !isQuoted;
    if (code !== 0x0a || isQuoted) isEmpty &&= code === 0x0d || code === 0x0a;
    else {
      if (!isEmpty) rows++;
      isEmpty = true;
    }
  }
  return Math.max(0, rows + (isEmpty ? 0 : 1) - 1);
}
