import type { Cell, Engine, Row } from '@tidegate/runtime';
import { cellText } from '../../read/cell-text.ts';
import { momentText } from '../column-facts.ts';
import type { ProfiledColumn } from './profile-rows.ts';
import { hashForRanks, readRanks, seenRanks } from './register-sql.ts';

/** What one scan tells of a column in one file. */
export interface ColumnFigures {
  /** Values that are neither NULL nor NaN. */
  readonly known: number;
  readonly notNumbers: number;
  readonly below: number;
  readonly above: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly registers: string;
  /** Different values at least. */
  readonly atLeastDistinct: number;
  /** Of finite numbers. */
  readonly moments: {
    readonly rows: number;
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly deviation: number;
  } | null;
}

/** By file, the rows and the figures of every column by its number. Texts have none here: they are counted value by value. */
export type FileFigures = ReadonlyMap<string, { readonly rows: number; readonly columns: ReadonlyMap<number, ColumnFigures> }>;

/** Numbers from here on are scaled before they are squared. */
const huge = 1e100;
const scale = 2 ** 700;

/** @param rows a SELECT of `profileRows`, or the table that has its rows */
export async function columnFigures(engine: Engine, rows: string, columns: readonly ProfiledColumn[]): Promise<FileFigures> {
  const measured = columns.filter(({ family }) => family !== 'text');
  const found = new Map<string, { readonly rows: number; readonly columns: Map<number, ColumnFigures> }>();
  const aggregates = ['f', 'count(*) AS rows', ...measured.flatMap(figuresSql)];
  const hashed = measured.map(({ at }) => `CASE WHEN v${at} IS NOT NULL THEN ${hashForRanks(`hash(v${at})`)} END AS h${at}`);
  const from = `(SELECT ${['*', ...hashed].join(', ')} FROM ${rows})`;
  for (const row of await engine.rows(`SELECT ${aggregates.join(', ')} FROM ${from} GROUP BY f`))
    found.set(cellText(row['f']), {
      rows: Number(row['rows']),
      columns: new Map(measured.map((column) => [column.at, readFigures(column, row)])),
    });
  await countInfinities(engine, rows, { columns: measured, found });
  await measureHuge(engine, rows, { columns: measured, found });
  return found;
}

function figuresSql({ at, column, family }: ProfiledColumn): readonly string[] {
  const [value, number] = [`v${at}`, `n${at}`];
  const counts = [`count(${value}) AS k${at}`, `${seenRanks(`h${at}`)} AS r${at}`];
  if (family === 'boolean' || family === 'nested') return counts;
  const edges =
    family === 'moment'
      ? [`${momentText(column.type, `min(${value})`, value)} AS lo${at}`, `${momentText(column.type, `max(${value})`, value)} AS hi${at}`]
      : [];
  const small = `CASE WHEN abs(${number}) < ${huge}::DOUBLE THEN ${number} END`;
  return [
    ...counts,
    ...(column.type === 'number' ? [`count(x${at}) AS x${at}`] : []),
    ...edges,
    `count(${number}) AS c${at}`,
    `min(${number}) AS min${at}`,
    `max(${number}) AS max${at}`,
    `avg(${small}) AS m${at}`,
    `stddev_pop(${small}) AS s${at}`,
  ];
}

function readFigures({ at, column }: ProfiledColumn, row: Row): ColumnFigures {
  const cell = (name: string): Cell => row[`${name}${at}`] ?? null;
  const text = (name: string): string | null => (cell(name) === null ? null : cellText(cell(name)));
  const count = (name: string): number => Number(cell(name) ?? 0);
  const { registers, pairs } = readRanks(text('r'));
  return {
    known: count('k'),
    notNumbers: column.type === 'number' ? count('x') - count('k') : 0,
    below: 0,
    above: 0,
    first: text('lo'),
    last: text('hi'),
    registers,
    atLeastDistinct: pairs,
    moments:
      count('c') === 0
        ? null
        : { rows: count('c'), min: unsigned(count('min')), max: unsigned(count('max')), mean: unsigned(count('m')), deviation: count('s') },
  };
}

/** The two zeros are equal, so which of them is the least would depend on the order of the rows. */
function unsigned(value: number): number {
  return value === 0 ? 0 : value;
}

interface FiguresSoFar {
  readonly columns: readonly ProfiledColumn[];
  readonly found: ReadonlyMap<string, { readonly columns: Map<number, ColumnFigures> }>;
}

/** Only where there are any: values that are no finite number. */
async function countInfinities(engine: Engine, rows: string, { columns, found }: FiguresSoFar): Promise<void> {
  for (const { at, column } of columns) {
    const literal = column.type === 'number' ? 'DOUBLE' : column.type;
    const mayHave = column.type === 'number' || column.type === 'timestamp' || column.type === 'date';
    const has = [...found.values()].some((file) => (file.columns.get(at)?.known ?? 0) > (file.columns.get(at)?.moments?.rows ?? 0));
    if (!mayHave || !has) continue;
    const counts = [`'-infinity'::${literal}) AS b`, `'infinity'::${literal}) AS a`].map(
      (side) => `count(*) FILTER (WHERE v${at} = ${side}`,
    );
    for (const row of await engine.rows(`SELECT f, ${counts.join(', ')} FROM ${rows} GROUP BY f`)) {
      const file = found.get(cellText(row['f']));
      const figures = file?.columns.get(at);
      if (figures !== undefined) file?.columns.set(at, { ...figures, below: Number(row['b']), above: Number(row['a']) });
    }
  }
}

/** Squares of the largest numbers leave the range of numbers, so these are measured once more, a power of two smaller. */
async function measureHuge(engine: Engine, rows: string, { columns, found }: FiguresSoFar): Promise<void> {
  for (const { at } of columns) {
    const isHuge = [...found.values()].some((file) => {
      const moments = file.columns.get(at)?.moments ?? null;
      return moments !== null && Math.max(-moments.min, moments.max) >= huge;
    });
    if (!isHuge) continue;
    const scaled = `n${at} / ${scale.toExponential()}::DOUBLE`;
    for (const row of await engine.rows(`SELECT f, avg(${scaled}) AS m, stddev_pop(${scaled}) AS s FROM ${rows} GROUP BY f`)) {
      const file = found.get(cellText(row['f']));
      const figures = file?.columns.get(at);
      const moments = figures?.moments ?? null;
      if (file === undefined || figures === undefined || moments === null || Math.max(-moments.min, moments.max) < huge) continue;
      const clamped = (value: number): number => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
      file.columns.set(at, {
        ...figures,
        moments: { ...moments, mean: clamped(Number(row['m']) * scale), deviation: clamped(Number(row['s']) * scale) },
      });
    }
  }
}
