import { isUtf8 } from 'node:buffer';
import { type CsvForm, type ReadCells, recordReader } from '@tidegate/runtime';

/** A record of a CSV file. */
export type CsvRecord =
  /** A cell that is empty and has no quotes is null. */
  | { readonly kind: 'cells'; readonly cells: readonly (string | null)[] }
  /** A line that is no record, as it came. */
  | { readonly kind: 'broken'; readonly line: string; readonly problem: string };

/** Characters of a record at most: a quote that is opened and never closed must not take the whole file. */
const longestRecord = 1 << 20;

/**
 * Reads records as RFC 4180 has them: double quotes, a quote inside is doubled. A record that breaks the rules is taken to end with
 * its line, and the next line is read anew, so that one stray quote costs one row and not the rest of the file. Where records have
 * several cells, empty lines are none. The first record, the header, is passed over.
 */
export async function* csvRecords(blocks: AsyncIterable<Buffer>, form: CsvForm): AsyncGenerator<CsvRecord> {
  let waiting = '';
  let isHeader = true;
  for await (const { text: fresh, isLast, isUtf } of wholeLines(blocks)) {
    const text = waiting === '' ? fresh : waiting + fresh;
    const read = recordReader(text, form);
    let at = 0;
    while (at < text.length) {
      const record = read(at);
      // what comes may close the quote
      if (record.problem === 'unclosed' && !isLast && text.length - at < longestRecord) break;
      const isBad = record.problem !== null && !isHeader;
      const line = lineAt(text, at);
      const own = text.slice(at, record.end);
      at = isBad ? at + line.length + 1 : record.end + 1;
      if (isHeader) isHeader = false;
      else if (own === '' || own === '\r') {
        if (form.columns === 1) yield { kind: 'cells', cells: [null] };
      } else if (isBad) yield { kind: 'broken', line: line.replace(/\r$/, ''), problem: problemWords(record, form) };
      else if (!isUtf && own.includes('\uFFFD')) yield { kind: 'broken', line: own.replace(/\r$/, ''), problem: 'its bytes are not UTF-8' };
      else yield { kind: 'cells', cells: record.cells };
    }
    waiting = text.slice(at);
  }
}

function lineAt(text: string, at: number): string {
  const end = text.indexOf('\n', at);
  return text.slice(at, end < 0 ? text.length : end);
}

function problemWords({ problem, cells }: ReadCells, { columns }: CsvForm): string {
  if (problem === 'unclosed') return 'a quote is opened and never closed';
  if (problem === 'after-quote') return 'text follows a closing quote';
  return `it has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, the header has ${columns}`;
}

interface Lines {
  readonly text: string;
  readonly isLast: boolean;
  readonly isUtf: boolean;
}

/** The blocks as text, each cut at the end of a line; a byte order mark is left out. */
async function* wholeLines(blocks: AsyncIterable<Buffer>): AsyncGenerator<Lines> {
  let rest: Buffer = Buffer.alloc(0);
  let isFirst = true;
  const textOf = (bytes: Buffer, isLast: boolean): Lines => {
    const text = bytes.toString('utf8');
    const lines = { text: isFirst ? text.replace(/^\uFEFF/, '') : text, isLast, isUtf: isUtf8(bytes) };
    isFirst = false;
    return lines;
  };
  for await (const block of blocks) {
    const end = block.lastIndexOf(10) + 1;
    const whole = Buffer.concat([rest, block.subarray(0, end)]);
    if (end > 0) yield textOf(whole, false);
    rest = end > 0 ? block.subarray(end) : Buffer.concat([rest, block]);
  }
  yield textOf(rest, true);
}
