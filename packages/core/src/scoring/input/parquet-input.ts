import { join } from 'node:path';
import { failure } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { type InputPart, type InputPlace, rowNumber, type ScoreInput } from './score-input.ts';

/** @throws TG-SCORE-INPUT when it is no Parquet file */
export async function parquetInput(engine: Engine, place: InputPlace): Promise<ScoreInput> {
  const source = `read_parquet(${quoteText(place.path)}`;
  const columns = await engine.describe(`SELECT * FROM ${source})`).catch((error: unknown) => {
    throw unreadable(place.path, error);
  });
  const [counted] = await engine.rows(`SELECT count(*) AS rows FROM ${source})`);
  const rows = Number(counted?.['rows']);
  return { columns, isText: false, parts: (skip) => partsOf(engine, source, { ...place, skip, rows }) };
}

async function* partsOf(
  engine: Engine,
  source: string,
  { folder, size, skip, rows }: InputPlace & { readonly skip: number; readonly rows: number },
): AsyncGenerator<InputPart> {
  const path = join(folder, 'part.parquet');
  for (let from = skip * size; from < rows || (from === 0 && rows === 0); from += size) {
    const until = Math.min(from + size, rows);
    await engine.run(
      `COPY (SELECT file_row_number + 1 AS ${quoteName(rowNumber)}, * EXCLUDE (file_row_number) FROM ${source}, file_row_number = true)
        WHERE file_row_number >= ${from} AND file_row_number < ${until}) TO ${quoteText(path)} (FORMAT parquet)`,
    );
    yield { path, rows: until - from, broken: [] };
  }
}

function unreadable(path: string, error: unknown): Error {
  const found = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return failure('TG-SCORE-INPUT', `Cannot read "${path}": ${found}`, 'Give a Parquet or a CSV file', error);
}
