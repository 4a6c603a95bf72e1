import { type Engine, exponentFor, joinedCells, logBins, packCells, type ProfileCell, quoteText } from '@tidegate/runtime';
import type { Distribution } from '@tidegate/formats';
import { cellText } from '../../read/cell-text.ts';
import type { FileFigures } from './column-figures.ts';
import type { ProfiledColumn } from './profile-rows.ts';

/** By file and number of the column. */
export type FileDistributions = ReadonlyMap<string, ReadonlyMap<number, Distribution>>;

/** So many columns a statement. */
const columnsAtOnce = 64;

/** Counts finite numbers by cell, those of each file with the width of bins that its range asks for. @param rows as {@link columnFigures} takes them */
export async function countCells(
  engine: Engine,
  rows: string,
  { columns, figures }: { readonly columns: readonly ProfiledColumn[]; readonly figures: FileFigures },
): Promise<FileDistributions> {
  const queries = columns
    .filter(({ family, personal }) => (family === 'number' || family === 'moment') && !personal)
    .flatMap(({ at }) => filesAlike(at, figures));
  const found = new Map<string, Map<number, Distribution>>();
  for (let start = 0; start < queries.length; start += columnsAtOnce) {
    const some = queries.slice(start, start + columnsAtOnce);
    const statement = some.map((query) => cellsQuery(query, { rows, isOfAll: query.files.length === figures.size }));
    for (const row of await engine.rows(statement.join(' UNION ALL '))) {
      const [file, at, exponent] = [cellText(row['f']), Number(row['c']), Number(row['e'])];
      const moments = figures.get(file)?.columns.get(at)?.moments ?? null;
      if (moments === null) continue;
      const cells = packCells(exponent, joinedCells(cellText(row['cells']).split(',').map(readCell)));
      const { rows: count, min, max, mean, deviation } = moments;
      const distributions = found.get(file) ?? new Map<number, Distribution>();
      found.set(file, distributions.set(at, { rows: count, min, max, mean, deviation, cells }));
    }
  }
  return found;
}

interface FilesAlike {
  /** Number of the column. */
  readonly at: number;
  readonly exponent: number;
  /** Whether no value is negative or counts as zero. */
  readonly isPositive: boolean;
  readonly files: readonly string[];
}

/** Files with bins of the same width; those with positive numbers only by themselves, since their bins take half the work. */
function filesAlike(at: number, figures: FileFigures): readonly FilesAlike[] {
  const alike = new Map<string, FilesAlike>();
  for (const [file, { columns }] of figures) {
    const moments = columns.get(at)?.moments ?? null;
    if (moments === null) continue;
    const [exponent, isPositive] = [exponentFor(moments.min, moments.max), moments.min >= logBins.least];
    const key = `${exponent} ${isPositive}`;
    alike.set(key, { at, exponent, isPositive, files: [...(alike.get(key)?.files ?? []), file] });
  }
  return [...alike.values()];
}

/** Bins as `logBin` and `evenBin` of the runtime have them, each cell as text: numbers by the hundred thousand come over faster so. */
function cellsQuery(
  { at, exponent, isPositive, files }: FilesAlike,
  { rows, isOfAll }: { readonly rows: string; readonly isOfAll: boolean },
): string {
  const { perUnit, least, zero, last } = logBins;
  const tiny = `${least.toExponential()}::DOUBLE`;
  const bound = (bin: string): string => `least(greatest(${bin}, 1), ${last})`;
  const positive = bound(`ceil(ln(n) * ${perUnit})::INT + ${zero}`);
  const negative = bound(`floor(ln(-n) * ${perUnit})::INT + ${zero + 1}`);
  const log = isPositive ? positive : `CASE WHEN n >= ${tiny} THEN ${positive} WHEN n <= -${tiny} THEN -${negative} ELSE 0 END`;
  const bin = `ceil(n / ${(2 ** exponent).toExponential()}::DOUBLE)::BIGINT`;
  const even = isPositive ? bin : `CASE WHEN abs(n) < ${tiny} THEN 0 ELSE ${bin} END`;
  const some = isOfAll ? '' : ` AND f IN (${files.map(quoteText).join(', ')})`;
  const cells = `SELECT f, ${log} AS l, ${even} AS e, count(*) AS n FROM (SELECT f, n${at} AS n FROM ${rows} WHERE n${at} IS NOT NULL${some}) GROUP BY ALL`;
  return `SELECT ${at} AS c, ${exponent} AS e, f, string_agg(l || ' ' || e || ' ' || n, ',') AS cells FROM (${cells}) GROUP BY f`;
}

function readCell(text: string): ProfileCell {
  const [log, even, rows] = text.split(' ').map(Number);
  return { log: log ?? 0, even: even ?? 0, rows: rows ?? 0 };
}
