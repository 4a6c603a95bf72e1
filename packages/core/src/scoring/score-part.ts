import { join } from 'node:path';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { rename, rm, syncFile, syncFolder, writeFile, writeFileAtomically } from '../platform/index.ts';
import { type InputColumn, type InputPart, rowNumber } from './input/score-input.ts';
import { readScored, type ResultColumn } from './result-columns.ts';
import type { Scorer } from './scorer.ts';

/** What is recorded of a part once it is scored; with it the part is finished. */
export interface PartRecord {
  readonly rows: number;
  readonly scored: number;
  /** Quarantined rows by the code of their first mistake. */
  readonly codes: { readonly [code: string]: number };
  /** Of the moments that could be read, ISO 8601, UTC; null when there is none. */
  readonly earliest: string | null;
  readonly latest: string | null;
}

export interface PartOrder {
  readonly scorer: Scorer;
  readonly columns: readonly InputColumn[];
  readonly results: readonly ResultColumn[];
  /** SQL of `requestQuery`. */
  readonly request: string;
  readonly hasMoments: boolean;
  /** Folder to work in. */
  readonly folder: string;
  /** Where the part is kept: {@link partPaths}. */
  readonly paths: PartPaths;
  /** Called before the part is recorded. @throws when what was read is not to be trusted */
  readonly check: () => Promise<void>;
}

export interface PartPaths {
  readonly scored: string;
  readonly quarantine: string;
  readonly record: string;
}

export function partPaths(folder: string, index: number): PartPaths {
  const name = String(index).padStart(6, '0');
  return {
    scored: join(folder, `${name}.scored.parquet`),
    quarantine: join(folder, `${name}.quarantine.parquet`),
    record: join(folder, `${name}.json`),
  };
}

/** Scores a part and keeps what came out, in the order of the rows; whole or not at all, for its record is written last. */
export async function scorePart(engine: Engine, part: InputPart, order: PartOrder): Promise<PartRecord> {
  const { scorer, columns, results, request, folder, paths, hasMoments } = order;
  const [requests, lines, broken] = ['requests.parquet', 'scored.jsonl', 'broken.jsonl'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await engine.run(`COPY (SELECT ${request} FROM read_parquet(${quoteText(part.path)})) TO ${quoteText(requests)} (FORMAT parquet)`);
  await rm(lines, { force: true });
  await scorer.score({ requests, found: join(folder, 'found.parquet'), output: lines });
  await writeFile(broken, part.broken.map((row) => `${brokenLine(row)}\n`).join(''));
  await engine.run(`CREATE OR REPLACE TABLE scored AS FROM ${readScored(lines, results)}`);
  const own = columns.map(({ name }) => `i.${quoteName(name)}`);
  const added = results.map(({ name }) => `s.${quoteName(name)}`);
  const joined = `FROM read_parquet(${quoteText(part.path)}) i JOIN scored s ON i.${quoteName(rowNumber)} = s.row`;
  await keep(engine, `SELECT ${[...own, ...added].join(', ')} ${joined} WHERE s.code IS NULL ORDER BY s.row`, paths.scored);
  const cells = columns.map((column) => `${quoteText(column.name)}: ${jsonCell(column)}`).join(', ');
  const refused = `SELECT s.row, s.code, s.reason, CAST(to_json({${cells}}) AS VARCHAR) AS input ${joined} WHERE s.code IS NOT NULL`;
  await keep(engine, `SELECT * FROM (${refused} UNION ALL FROM ${readBroken(broken)}) ORDER BY row`, paths.quarantine);
  const record = await recordOf(engine, part, { paths, requests: hasMoments ? requests : null });
  await order.check();
  await writeFileAtomically(paths.record, JSON.stringify(record));
  return record;
}

/** JSON has neither NaN nor infinities: they become texts. */
function jsonCell({ name, type }: InputColumn): string {
  const cell = `i.${quoteName(name)}`;
  if (type !== 'DOUBLE' && type !== 'FLOAT') return cell;
  return `CASE WHEN isfinite(${cell}) THEN to_json(${cell}) ELSE to_json(CAST(${cell} AS VARCHAR)) END`;
}

function brokenLine({ row, line, problem }: InputPart['broken'][number]): string {
  return JSON.stringify({ row, code: 'TG-SCORE-CSV', reason: `Cannot read row ${row}: ${problem}`, input: line });
}

function readBroken(file: string): string {
  const columns = "columns = {row: 'BIGINT', code: 'VARCHAR', reason: 'VARCHAR', input: 'VARCHAR'}";
  return `read_json(${quoteText(file)}, format = 'newline_delimited', ${columns}, maximum_object_size = ${1 << 26})`;
}

async function keep(engine: Engine, select: string, path: string): Promise<void> {
  const unfinished = `${path}.unfinished`;
  await engine.run(`COPY (${select}) TO ${quoteText(unfinished)} (FORMAT parquet)`);
  await syncFile(unfinished);
  await rename(unfinished, path);
  syncFolder(join(path, '..'));
}

interface PartFiles {
  readonly paths: PartPaths;
  /** Null where there are no moments. */
  readonly requests: string | null;
}

/** @throws Error (a bug) unless every row was scored or quarantined */
async function recordOf(engine: Engine, { rows }: InputPart, { paths, requests }: PartFiles): Promise<PartRecord> {
  const counts = await engine.rows(
    `SELECT code, count(*) AS rows FROM read_parquet(${quoteText(paths.quarantine)}) GROUP BY code ORDER BY code`,
  );
  const [{ scored } = { scored: 0 }] = await engine.rows(`SELECT count(*) AS scored FROM read_parquet(${quoteText(paths.scored)})`);
  const codes = Object.fromEntries(counts.map((row) => [String(row['code']), Number(row['rows'])]));
  const quarantined = Object.values(codes).reduce((sum, count) => sum + count, 0);
  if (Number(scored) + quarantined !== rows)
    throw new Error(
      `Cannot account for the rows of a part: ${rows} came, ${String(scored)} are scored, ${quarantined} quarantined; please report this`,
    );
  const [span] =
    requests === null
      ? []
      : await engine.rows(`SELECT min(moment) AS earliest, max(moment) AS latest FROM read_parquet(${quoteText(requests)})`);
  return { rows, scored: Number(scored), codes, earliest: textOf(span?.['earliest']), latest: textOf(span?.['latest']) };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
