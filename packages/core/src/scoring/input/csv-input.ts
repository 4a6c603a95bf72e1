import { join } from 'node:path';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { csvDialect } from '../../data/index.ts';
import { createReadStream, open, stat } from '../../platform/index.ts';
import { csvRecords } from './csv-records.ts';
import { type BrokenRow, type InputPart, type InputPlace, rowNumber, type ScoreInput } from './score-input.ts';

const blockBytes = 1 << 18;

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
  let writer: PartWriter | null = null;
  let [row, waiting] = [0, 0];
  const finish = async (): Promise<InputPart> => {
    const own = writer ?? (await partWriter(folder));
    writer = null;
    waiting = 0;
    const { lines, broken, longest } = await own.close();
    const part = join(folder, 'part.parquet');
    await writePart(engine, { header, csv: own.path, part, lines, longest });
    return { path: part, rows: lines + broken.length, broken };
  };
  for await (const record of csvRecords(blocks, { delimiter, columns: header.length })) {
    row++;
    if (row <= skip * size) continue;
    writer ??= await partWriter(folder);
    if (record.kind === 'broken') writer.broken({ row, line: record.line, problem: record.problem });
    else await writer.line(`${row},${record.cells.map(quoted).join(',')}`);
    if (++waiting === size) yield await finish();
  }
  if (waiting > 0 || row === 0) yield await finish();
}

function quoted(cell: string | null): string {
  return cell === null ? '' : `"${cell.replaceAll('"', '""')}"`;
}

interface PartWriter {
  readonly path: string;
  readonly line: (line: string) => Promise<void>;
  readonly broken: (row: BrokenRow) => void;
  readonly close: () => Promise<WrittenLines>;
}

interface WrittenLines {
  readonly lines: number;
  readonly broken: readonly BrokenRow[];
  /** Bytes of a line at most. */
  readonly longest: number;
}

/** Lines written together: few enough that none of them has to be kept for long. */
const linesAtOnce = 2_000;

async function partWriter(folder: string): Promise<PartWriter> {
  const path = join(folder, 'part.csv');
  const file = await open(path, 'w');
  const broken: BrokenRow[] = [];
  let waiting: string[] = [];
  const counts = { lines: 0, longest: 0 };
  const flush = async (): Promise<void> => {
    const text = waiting.map((line) => `${line}\n`).join('');
    waiting = [];
    await file.appendFile(text);
  };
  return {
    path,
    line: async (line) => {
      counts.lines++;
      counts.longest = Math.max(counts.longest, line.length * 3); // a letter has three bytes at most: one of four counts twice
      if (waiting.push(line) === linesAtOnce) await flush();
    },
    broken: (row) => broken.push(row),
    close: async () => {
      await flush();
      await file.close();
      return { ...counts, broken };
    },
  };
}

interface Part {
  readonly header: readonly string[];
  readonly csv: string;
  readonly part: string;
  readonly lines: number;
  readonly longest: number;
}

/** The engine reads what it cannot misread: every text in quotes, none in those that stand for null. */
async function writePart(engine: Engine, { header, csv, part, lines, longest }: Part): Promise<void> {
  const columns = [[rowNumber, 'BIGINT'], ...header.map((name) => [name, 'VARCHAR'])];
  const types = columns.map(([name = '', type = '']) => `${quoteText(name)}: ${quoteText(type)}`).join(', ');
  const dialect = `auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', new_line = '\\n', allow_quoted_nulls = false`;
  // it takes sixteen times the longest line for its buffer unless it is told
  const room = `max_line_size = ${longest + 16}, buffer_size = ${Math.max(2 * longest, 1 << 20)}`;
  const source =
    lines === 0
      ? `(SELECT ${columns.map(([name = '', type = '']) => `NULL::${type} AS ${quoteName(name)}`).join(', ')} WHERE false)`
      : `read_csv(${quoteText(csv)}, ${dialect}, columns = {${types}}, ${room}, parallel = false)`;
  await engine.run(`COPY (SELECT * FROM ${source}) TO ${quoteText(part)} (FORMAT parquet)`);
}
