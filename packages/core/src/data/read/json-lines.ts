import { createInterface } from 'node:readline';
import type { TidegateError } from '@tidegate/formats';
import { createReadStream } from '../../platform/index.ts';
import { emptyFile } from './csv-dialect.ts';
import type { DatasetFile } from './dataset-file.ts';
import { broken } from './read-failure.ts';

/** The lines of a file of JSON lines that are not blank, with their numbers from 1; memory is bounded by the longest line. */
export async function* jsonLines(file: DatasetFile): AsyncGenerator<{ readonly number: number; readonly text: string }> {
  let number = 0;
  const input = createReadStream(file.object, { encoding: 'utf8' });
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      number += 1;
      if (text.trim() !== '') yield { number, text };
    }
  } finally {
    input.destroy();
  }
}

/** The first line that is no JSON object: the engine's own line numbers are approximate. @returns null when all lines are objects */
export async function jsonLinesFailure(file: DatasetFile): Promise<TidegateError | Error | null> {
  let lines = 0;
  for await (const { number, text } of jsonLines(file)) {
    lines += 1;
    const wrong = wrongWith(text);
    if (wrong !== null) return broken(file, `Cannot read "${file.path}" at line ${number}: ${wrong}: "${text.slice(0, 60)}"`);
  }
  return lines === 0 ? emptyFile(file) : null;
}

function wrongWith(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? null : 'each line must hold one JSON object';
  } catch {
    return 'the line is not JSON by itself';
  }
}
