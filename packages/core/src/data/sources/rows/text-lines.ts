import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { columnsWith, type ReadColumn } from './read-column.ts';
import type { TextPart } from './text-part.ts';
import { columnIn, isValueFault, valueFailure } from './value-failure.ts';

/** The lines of a part, as a statement reads them. */
export interface TextLines {
  /** SQL of them, in their order: each column as its text type. */
  readonly sql: string;
  readonly columns: readonly ReadColumn[];
}

/** Does something with the lines of a part by one statement of the engine; by another one when a line is very long. @throws TG-SOURCE-VALUE */
export async function withLines<T>(
  engine: Engine,
  { part, columns, title }: { readonly part: TextPart; readonly columns: readonly ReadColumn[]; readonly title: string },
  work: (lines: TextLines) => Promise<T>,
): Promise<T> {
  const read = columnsWith(columns, part.holds);
  const workWith = (longest: string): Promise<T> => work({ sql: linesSql(part.path, read, longest), columns: read });
  try {
    return await workWith('').catch((error: Error) => {
      if (!/Maximum line size/.test(error.message)) throw error;
      return workWith(longLines);
    });
  } catch (error) {
    if (!isValueFault(error)) throw error;
    throw valueFailure(error, { title, column: columnIn(error) ?? (await columnAtFault(engine, part.path, read)) });
  }
}

/** For lines of more than two megabytes, at the price of memory. */
const longLines = ', max_line_size = 268435456, buffer_size = 536870912';

/** SQL of the lines of a file. Each begins with a field that nobody reads: a line of one empty text would be taken for no line at all. */
function linesSql(path: string, columns: readonly ReadColumn[], longest: string): string {
  const types = [`"\u0001": 'VARCHAR'`, ...columns.map(({ name, textType }) => `${quoteName(name)}: ${quoteText(textType)}`)].join(', ');
  return `read_csv(${quoteText(path)}, delim = '\t', quote = '', escape = '', nullstr = '\\N', header = false, auto_detect = false, new_line = '\\n', comment = ''${longest}, columns = {${types}})`;
}

/** The first column whose values cannot be made of its text; null when that is none of them. */
async function columnAtFault(engine: Engine, path: string, columns: readonly ReadColumn[]): Promise<string | null> {
  for (const { name, value } of columns) {
    const sql = `SELECT count(${value(quoteName(name))}) AS made FROM ${linesSql(path, columns, longLines)}`;
    const isMade = await engine.rows(sql).then(
      () => true,
      () => false,
    );
    if (!isMade) return name;
  }
  return null;
}
