import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Task } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import type { ScoredRow } from './score-rows.ts';

/**
 * Writes the rows as Parquet: `row` BIGINT, `prediction` DOUBLE; for multiclass `prediction` VARCHAR and `probabilities` DOUBLE[], of
 * several labels `prediction` VARCHAR[].
 * Whole or not at all: under a temporary name first. The same rows give the same bytes.
 */
export async function writeRows(
  engine: Engine,
  file: string,
  { task, rows }: { readonly task: Task; readonly rows: AsyncIterable<ScoredRow> },
): Promise<void> {
  const stem = join(dirname(file), `.tmp-${process.pid}-${randomBytes(6).toString('hex')}-${basename(file)}`);
  const [lines, parquet] = [`${stem}.jsonl`, `${stem}.parquet`];
  try {
    await writeLines(lines, rows);
    const columns = `row: 'BIGINT', ${columnsOf[task]}`;
    const source = `read_json(${quoteText(lines)}, format = 'newline_delimited', columns = {${columns}})`;
    await engine.run(
      `COPY (SELECT * FROM ${source} ORDER BY row) TO ${quoteText(parquet)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
    );
    await sync(parquet);
    await rename(parquet, file);
    await sync(dirname(file));
  } finally {
    await rm(lines, { force: true });
    await rm(parquet, { force: true });
  }
}

const columnsOf = {
  binary: "prediction: 'DOUBLE'",
  multiclass: "prediction: 'VARCHAR', probabilities: 'DOUBLE[]'",
  multilabel: "prediction: 'VARCHAR[]', probabilities: 'DOUBLE[]'",
  regression: "prediction: 'DOUBLE'",
} as const;

async function writeLines(path: string, rows: AsyncIterable<ScoredRow>): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    let lines: string[] = [];
    for await (const row of rows) {
      lines.push(lineOf(row));
      if (lines.length < 8_192) continue;
      await handle.write(`${lines.join('\n')}\n`);
      lines = [];
    }
    if (lines.length > 0) await handle.write(`${lines.join('\n')}\n`);
  } finally {
    await handle.close();
  }
}

/** Numbers that JSON lacks go as texts, which the engine reads as numbers all the same. */
function lineOf({ row, prediction, probabilities }: ScoredRow): string {
  const list = probabilities === null ? '' : `,"probabilities":[${probabilities.map(numberText).join(',')}]`;
  return `{"row":${row},"prediction":${typeof prediction === 'number' ? numberText(prediction) : JSON.stringify(prediction)}${list}}`;
}

function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
