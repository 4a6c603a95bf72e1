export interface CsvForm {
  readonly delimiter: string;
  /** Cells that each record must have. */
  readonly columns: number;
}

export interface ReadCells {
  readonly cells: readonly (string | null)[];
  /** Place of the line end behind the record, or the length of the text. */
  readonly end: number;
  /** `unclosed`: the text ends within quotes; `after-quote`: something follows a closing quote; `count`: too few or too many cells. */
  readonly problem: 'unclosed' | 'after-quote' | 'count' | null;
}

/** Reads the records of a text, each by the place where it begins. Places must not go back by more than a record. */
export function recordReader(text: string, { delimiter, columns }: CsvForm): (at: number) => ReadCells {
  let quote = -1;
  return (at) => {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    if (quote < at) quote = text.indexOf('"', at);
    if (quote < 0) quote = text.length;
    const record = quote >= end ? plainCells(text, { at, end, delimiter }) : quotedCells(text, at, delimiter);
    return record.problem === null && record.cells.length !== columns ? { ...record, problem: 'count' } : record;
  };
}

function plainCells(text: string, place: { readonly at: number; readonly end: number; readonly delimiter: string }): ReadCells {
  const { at, end, delimiter } = place;
  const stop = end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
  const cells = text.slice(at, stop).split(delimiter);
  return { cells: cells.map((cell) => (cell === '' ? null : cell)), end, problem: null };
}

function quotedCells(text: string, start: number, delimiter: string): ReadCells {
  const cells: (string | null)[] = [];
  let at = start;
  for (;;) {
    const cell = text.charAt(at) === '"' ? quotedCell(text, at) : plainCell(text, at, delimiter);
    if (cell.text === null && cell.end < 0) return { cells, end: text.length, problem: 'unclosed' };
    cells.push(cell.text);
    at = cell.end;
    if (text.charAt(at) === delimiter) at++;
    else {
      if (text.charAt(at) === '\r' && text.charAt(at + 1) === '\n') at++;
      const isEnd = at >= text.length || text.charAt(at) === '\n';
      return { cells, end: at, problem: isEnd ? null : 'after-quote' };
    }
  }
}

interface Cell {
  readonly text: string | null;
  /** Place behind it; -1 when the text ends within its quotes. */
  readonly end: number;
}

function plainCell(text: string, at: number, delimiter: string): Cell {
  let end = at;
  while (end < text.length && text.charAt(end) !== delimiter && text.charAt(end) !== '\n') end++;
  const stop = text.charAt(end) === '\n' && text.charAt(end - 1) === '\r' && end > at ? end - 1 : end;
  return { text: stop === at ? null : text.slice(at, stop), end };
}

function quotedCell(text: string, at: number): Cell {
  let value = '';
  let from = at + 1;
  for (;;) {
    const close = text.indexOf('"', from);
    if (close < 0) return { text: null, end: -1 };
    value += text.slice(from, close);
    if (text.charAt(close + 1) !== '"') return { text: value, end: close + 1 };
    value += '"';
    from = close + 2;
  }
}
