import { failure } from '@tidegate/formats';
import { recordReader } from '@tidegate/runtime';
import type { JsonMembers } from '../http/json-body.ts';
import { type RowField, tooManyRows } from '../predict/read-rows.ts';
import { fieldValue } from './field-value.ts';
import { positionalRow } from './positional-row.ts';

export interface CsvRowsOptions {
  readonly fields: readonly RowField[];
  readonly rowLimit: number;
  /** Whether the first line has names (RFC 4180, parameter `header`); null = it has when each of its cells is the name of a field. */
  readonly hasHeader: boolean | null;
}

/**
 * Reads rows of CSV by RFC 4180: with a header by its names, without one in the order of the fields, as SageMaker's own algorithms take them. An empty cell is a missing value.
 *
 * @throws TG-SERVING-BODY, TG-SERVING-SHAPE, TG-SERVING-ROW-LIMIT
 */
export function csvRows(text: string, { fields, rowLimit, hasHeader }: CsvRowsOptions): readonly JsonMembers[] {
  const records = recordsOf(text.replace(/^\uFEFF/, ''), rowLimit + 1);
  const names = fields.map(({ name }) => name);
  const [first, ...others] = records;
  const isNamed = hasHeader ?? first?.every((cell) => cell !== null && names.includes(cell)) ?? false;
  const header = isNamed && first !== undefined ? first.map((cell) => cell ?? '') : names;
  const rows = isNamed ? others : records;
  if (rows.length > rowLimit) throw tooManyRows(rows.length, rowLimit);
  const types = new Map(fields.map(({ name, type }) => [name, type]));
  return rows.map((cells, index) => {
    const row = positionalRow(cells, header, `row ${index}`);
    return Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [name, fieldValue(typeof cell === 'string' ? cell : null, types.get(name) ?? 'string')]),
    );
  });
}

/** At most one more than may be, so that a long body costs no more than a refusal. */
function recordsOf(text: string, most: number): readonly (readonly (string | null)[])[] {
  const read = recordReader(text, { delimiter: ',', columns: 0 });
  const records: (readonly (string | null)[])[] = [];
  for (let at = 0; at < text.length && records.length <= most;) {
    const { cells, end, problem } = read(at);
    if (problem === 'unclosed' || problem === 'after-quote')
      throw failure(
        'TG-SERVING-BODY',
        `Cannot read the body as CSV: in record ${records.length} ${problem === 'unclosed' ? 'a quote is opened and never closed' : 'text follows a closing quote'}`,
        'Send CSV by RFC 4180: a quote within quotes is doubled',
      );
    const isEmpty = cells.length === 1 && cells[0] === null;
    if (!isEmpty) records.push(cells);
    at = end + 1;
  }
  return records;
}
