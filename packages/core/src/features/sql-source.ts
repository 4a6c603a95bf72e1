import { type ErrorCode, type Place, TidegateError } from '@tidegate/formats';

/** SQL of a user and where it stands. */
export interface SqlSource {
  readonly sql: string;
  /** What it is, for messages: `view "weather"`. */
  readonly what: string;
  /** Relative to the project; null when it comes out of the store. */
  readonly file: string | null;
}

/** A mistake in SQL at a place, given by the offset of a character; null = none in particular. */
export function sqlFailure(
  source: SqlSource,
  mistake: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly hint: string | null;
    readonly at: number | null;
    readonly cause?: unknown;
  },
): TidegateError {
  const { code, message, hint, at, cause } = mistake;
  return new TidegateError([{ code, message, hint, place: at === null ? null : placeOf(source, at) }], { cause });
}

/** What the engine said when it could not run the SQL, with the place when it named one. */
export function engineFailure(source: SqlSource, error: unknown): TidegateError {
  const text = error instanceof Error ? error.message : String(error);
  const [first = '', ...more] = text.split('\n');
  const candidates = more.find((line) => line.startsWith('Candidate')) ?? null;
  return sqlFailure(source, {
    code: 'TG-FEATURES-SQL',
    message: `Cannot compute ${source.what}: ${first.replace(/[.!]$/, '')}`,
    hint: candidates ?? (source.file === null ? null : `Correct the SQL in "${source.file}"`),
    at: offsetIn(source.sql, text),
    cause: error,
  });
}

/** The engine shows an excerpt of the line with a caret under it; it counts lines of what it was given. */
function offsetIn(sql: string, message: string): number | null {
  const shown = /LINE (\d+): (.*)\n(\s*)\^/.exec(message);
  if (shown === null) return null;
  const [, number = '1', excerpt = '', blanks = ''] = shown;
  const lines = sql.split('\n');
  const before = lines.slice(0, Number(number) - 1).reduce((sum, line) => sum + line.length + 1, 0);
  const cut = excerpt
    .replace(/^\.\.\./, '')
    .replace(/\.\.\.$/, '')
    .replace(/^DESCRIBE /, '');
  const caret = blanks.length - `LINE ${number}: `.length - (excerpt.length - excerpt.replace(/^(\.\.\.|DESCRIBE )/, '').length);
  const start = (lines[Number(number) - 1] ?? '').indexOf(cut);
  return start < 0 || caret < 0 ? before : before + start + caret;
}

function placeOf({ sql, file }: SqlSource, at: number): Place | null {
  if (file === null) return null;
  const before = sql.slice(0, at).split('\n');
  const column = (before.at(-1) ?? '').length + 1;
  const source = (sql.split('\n')[before.length - 1] ?? '').replace(/\r$/, '');
  const word = /^[\p{L}\p{N}_]+|^"[^"]*"/u.exec(source.slice(column - 1))?.[0] ?? ' ';
  return { file, line: before.length, column, length: word.length, source };
}
