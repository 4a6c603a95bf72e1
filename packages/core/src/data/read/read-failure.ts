import { failure, type TidegateError } from '@tidegate/formats';
import type { DatasetFile } from './dataset-file.ts';

/** Runs work on the engine; what it says about a file of the user becomes a failure that names the user's path. */
export async function namingFiles<T>(files: readonly DatasetFile[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw readFailure(files, error) ?? error;
  }
}

/** @returns null when the message is about no file of these */
export function readFailure(files: readonly DatasetFile[], error: unknown): TidegateError | null {
  const message = error instanceof Error ? error.message : '';
  const file = files.find(({ object }) => message.includes(object));
  if (file === undefined) return null;
  const csv = /CSV Error on Line: (\d+)/.exec(message);
  if (csv !== null) return csvFailure(file, csv[1] ?? '', message);
  if (message.includes('state machine'))
    return failure(
      'TG-DATA-FILE-BROKEN',
      `Cannot read "${file.path}": its line ends are of two kinds, or a quote stands where CSV has none`,
      `Save "${file.path}" with one kind of line end, as RFC 4180 describes CSV`,
      error,
    );
  return broken(file, `Cannot read "${file.path}": ${firstLine(message, file)}`, error);
}

/** The file is not what its extension says. */
export function broken(file: DatasetFile, message: string, cause?: unknown): TidegateError {
  return failure('TG-DATA-FILE-BROKEN', message, `Write or copy the file "${file.path}" again`, cause);
}

function csvFailure(file: DatasetFile, line: string, message: string): TidegateError {
  const shown = /Original Line: (.*)/.exec(message)?.[1] ?? '';
  const counts = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  const where = `Cannot read "${file.path}" at line ${line}`;
  if (counts !== null)
    return failure(
      'TG-DATA-CSV-ROW',
      `${where}: the header has ${counts[1]} columns, the row ${counts[2]}: "${shown.slice(0, 100)}"`,
      `Correct line ${line} of "${file.path}"; put a value that holds the delimiter in double quotes`,
    );
  if (message.includes('unterminated quote'))
    return failure(
      'TG-DATA-CSV-ROW',
      `${where}: a double quote is opened and not closed where the value ends: "${shown.slice(0, 100)}"`,
      `Correct line ${line} of "${file.path}"; write a quote inside a quoted value twice`,
    );
  if (message.includes('not utf-8'))
    return failure('TG-DATA-FILE-BROKEN', `${where}: its bytes are not UTF-8`, `Save "${file.path}" as UTF-8`);
  return broken(file, `${where}: ${(message.split('\n')[0] ?? '').replace(/^.*CSV Error on Line: \d+\s*/, '') || shown.slice(0, 100)}`);
}

function firstLine(message: string, file: DatasetFile): string {
  const [line = ''] = message.split('\n');
  const said = line.replace(/^[A-Za-z ]+Error: /, '').replaceAll(file.object, file.path);
  return said.charAt(0).toLowerCase() + said.slice(1).replace(/[.\s]+$/, '');
}
