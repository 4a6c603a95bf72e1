import { failure } from '@tidegate/formats';
import { open } from '../../platform/index.ts';
import type { DatasetFile } from './dataset-file.ts';

export interface CsvDialect {
  readonly delimiter: string;
  /** Column names as the header has them; one without a name is called by its position: `column0`. */
  readonly header: readonly string[];
  /** The header as the file has it, byte order mark included, without the line end. */
  readonly headerText: string;
}

type FilePlace = Pick<DatasetFile, 'path' | 'bytes' | 'object'>;

/** Longest header that is read, in bytes. */
const longestHeader = 1 << 20;
const delimiters = [',', ';', '\t', '|'] as const;

/**
 * Header and delimiter of a CSV file (RFC 4180: double quotes, a quote inside is doubled). The delimiter is whichever of comma,
 * semicolon, tab and bar the header has most of.
 * @throws TG-DATA-FILE-EMPTY, TG-DATA-COLUMN-TWICE
 */
export async function csvDialect(file: FilePlace): Promise<CsvDialect> {
  const text = await startOf(file);
  const start = text.replace(/^\uFEFF/, '');
  if (start.trim() === '') throw emptyFile(file);
  const delimiter = delimiters.reduce((best, one) =>
    firstRecord(start, one).fields.length > firstRecord(start, best).fields.length ? one : best,
  );
  const { fields, length } = firstRecord(start, delimiter);
  const header = fields.map((name, index) => (name.trim() === '' ? `column${index}` : name));
  refuseTwins(header, file);
  return { delimiter, header, headerText: text.slice(0, text.length - start.length + length) };
}

/** @throws TG-DATA-COLUMN-TWICE when two names are equal, capitals aside: SQL could not tell them apart */
export function refuseTwins(names: readonly string[], file: FilePlace): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const twin = seen.get(name.toLowerCase());
    if (twin !== undefined)
      throw failure(
        'TG-DATA-COLUMN-TWICE',
        `Cannot read "${file.path}": it names a column "${twin}" and another "${name}"`,
        'Rename one of the two columns',
      );
    seen.set(name.toLowerCase(), name);
  }
}

export function emptyFile(file: FilePlace): Error {
  const found = file.bytes === 0 ? 'it has no bytes' : 'it has no rows';
  return failure('TG-DATA-FILE-EMPTY', `Cannot use "${file.path}": ${found}`, `Write the file again, or remove it: rm "${file.path}"`);
}

async function startOf({ object, bytes }: FilePlace): Promise<string> {
  const length = Math.min(bytes, longestHeader);
  const handle = await open(object, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await handle.close();
  }
}

/** The fields of the first record, and the record's length in the text. */
function firstRecord(text: string, delimiter: string): { readonly fields: readonly string[]; readonly length: number } {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  let at = 0;
  for (; at < text.length; at++) {
    const sign = text.charAt(at);
    if (quoted) {
      if (sign !== '"') field += sign;
      else if (text.charAt(at + 1) === '"') field += text.charAt(at++);
      else quoted = false;
    } else if (sign === '"' && field === '') quoted = true;
    else if (sign === delimiter) {
      fields.push(field);
      field = '';
    } else if (sign === '\n' || sign === '\r') break;
    else field += sign;
  }
  return { fields: [...fields, field], length: at };
}
