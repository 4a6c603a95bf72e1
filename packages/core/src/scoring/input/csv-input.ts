import { join } from 'node:path';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { csvDialect } from '../../data/index.ts';
import { createReadStream, stat, writeFile } from '../../platform/index.ts';
import { csvRecords } from './csv-records.ts';
import { type BrokenRow, type InputPart, type InputPlace, rowNumber, type ScoreInput } from './score-input.ts';

const blockBytes = 1 << 20;

/** @throws TG-DATA-FILE-EMPTY, TG-DATA-COLUMN-TWICE */
export async function csvInput(engine: Engine, place: InputPlace): Promise<ScoreInput> {
  const { size: bytes } = await stat(place.path);
  const { delimiter, header } = await csvDialect({ path: place.path, object: place.path, bytes });
  return {
    columns: header.map((name) => ({ name, type: 'VARCHAR' })),
    isText: true,
    parts: (skip) => partsOf(engine, { ...place, skip, delimiter, header }),
  };
}

interface CsvPlace extends InputPlace {
  readonly skip: number;
  readonly delimiter: string;
  readonly header: readonly string[];
}

async function* partsOf(engine: Engine, { path, folder, size, skip, delimiter, header }: CsvPlace): AsyncGenerator<InputPart> {
  const blocks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: blockBytes });
  let lines: string[] = [];
  let broken: BrokenRow[] = [];
  let row = 0;
  const finish = async (): Promise<InputPart> => {
    const part = { path: join(folder, 'part.parquet'), rows: lines.length + broken.length, broken };
    await writePart(engine, { header, lines, folder, part: part.path });
    lines = [];
    broken = [];
    return part;
  };
  for await (const record of csvRecords(blocks, { delimiter, columns: header.length })) {
    row++;
    if (row <= skip * size) continue;
    if (record.kind === 'broken') broken.push({ row, line: record.line, problem: record.problem });
    else lines.push(`${row},${record.cells.map(quoted).join(',')}`);
    if (lines.length + broken.length === size) yield await finish();
  }
  if (lines.length + broken.length > 0 || row === 0) yield await finish();
}

function quoted(cell: string | null): string {
  return cell === null ? '' : `"${cell.replaceAll('"', '""')}"`;
}

interface Part {
  readonly header: readonly string[];
  readonly lines: readonly string[];
  readonly folder: string;
  readonly part: string;
}

/** The engine reads what it cannot misread: every text in quotes, none in those that stand for null. */
async function writePart(engine: Engine, { header, lines, folder, part }: Part): Promise<void> {
  const csv = join(folder, 'part.csv');
  await writeFile(csv, lines.map((line) => `${line}\n`).join(''));
  const columns = [[rowNumber, 'BIGINT'], ...header.map((name) => [name, 'VARCHAR'])];
  const types = columns.map(([name = '', type = '']) => `${quoteText(name)}: ${quoteText(type)}`).join(', ');
  const dialect = `auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', new_line = '\\n', allow_quoted_nulls = false`;
  const source =
    lines.length === 0
      ? `(SELECT ${columns.map(([name = '', type = '']) => `NULL::${type} AS ${quoteName(name)}`).join(', ')} WHERE false)`
      : `read_csv(${quoteText(csv)}, ${dialect}, columns = {${types}}, ${roomFor(lines)}, parallel = false)`;
  await engine.run(`COPY (SELECT * FROM ${source}) TO ${quoteText(part)} (FORMAT parquet)`);
}

/** The engine takes sixteen times the longest line for its buffer unless it is told. A letter has three bytes at most: one of four counts twice. */
function roomFor(lines: readonly string[]): string {
  const longest = lines.reduce((most, line) => Math.max(most, line.length), 0) * 3 + 16;
  return `max_line_size = ${longest}, buffer_size = ${Math.max(2 * longest, 1 << 20)}`;
}
