import type { FrequentValues, LogicalType } from '@tidegate/formats';
import { type Engine, keepFrequent, quoteText, valueLimits } from '@tidegate/runtime';
import { cellText } from '../../read/cell-text.ts';
import { momentCell } from '../column-facts.ts';
import type { FileFigures } from './column-figures.ts';
import type { ProfiledColumn } from './profile-rows.ts';

/** By file and number of the column: every value with its rows, where a column that is no text has few. */
export type FileValues = ReadonlyMap<string, ReadonlyMap<number, FrequentValues>>;

const columnsAtOnce = 64;

/** @param rows as {@link columnFigures} takes them */
export async function countFewValues(
  engine: Engine,
  rows: string,
  { columns, figures }: { readonly columns: readonly ProfiledColumn[]; readonly figures: FileFigures },
): Promise<FileValues> {
  const queries = columns
    .filter(({ family, personal }) => (family === 'number' || family === 'moment' || family === 'boolean') && !personal)
    .map((column) => ({ column, files: [...figures].flatMap(([file, { columns: of }]) => (hasFew(of.get(column.at)) ? [file] : [])) }))
    .filter(({ files }) => files.length > 0);
  const found = new Map<string, Map<number, Map<string, number>>>();
  const types = new Map(columns.map(({ at, column }) => [at, column.type]));
  for (let start = 0; start < queries.length; start += columnsAtOnce) {
    const statement = queries.slice(start, start + columnsAtOnce).map(({ column, files }) => valuesQuery(column, rows, files));
    for (const row of await engine.rows(statement.join(' UNION ALL '))) {
      const [file, at] = [cellText(row['f']), Number(row['c'])];
      const ofFile = found.get(file) ?? new Map<number, Map<string, number>>();
      const ofColumn = new Map<string, number>();
      for (const pair of cellText(row['pairs']).split(',')) {
        const [text = '', rows] = pair.split(' ');
        const value = valueText(types.get(at), text);
        ofColumn.set(value, (ofColumn.get(value) ?? 0) + Number(rows));
      }
      found.set(file, ofFile.set(at, ofColumn));
    }
  }
  return new Map([...found].map(([file, ofFile]) => [file, new Map([...ofFile].flatMap(([at, values]) => complete(at, values)))]));
}

/** The pairs of register and rank are no more than the values, so no column with few values is passed over. */
function hasFew(figures: { readonly atLeastDistinct: number; readonly known: number } | undefined): boolean {
  return figures !== undefined && figures.known > 0 && figures.atLeastDistinct <= valueLimits.all;
}

function complete(at: number, values: ReadonlyMap<string, number>): readonly (readonly [number, FrequentValues])[] {
  return values.size <= valueLimits.all ? [[at, keepFrequent(values, 0, valueLimits)]] : [];
}

/** All values of a column in a file as one text, in which none has a space or a comma: they come over faster so. */
function valuesQuery({ at, column, family }: ProfiledColumn, rows: string, files: readonly string[]): string {
  const value = family === 'moment' ? momentCell(column.type, 'v') : 'CAST(v AS VARCHAR)';
  const counted = `SELECT f, v${at} AS v, count(*) AS n FROM ${rows} WHERE v${at} IS NOT NULL AND f IN (${files.map(quoteText).join(', ')}) GROUP BY ALL`;
  return `SELECT ${at} AS c, f, string_agg(${value} || ' ' || n, ',') AS pairs FROM (${counted}) GROUP BY f`;
}

/** A number as JavaScript writes it, so that 1 and 1.0 of two engines are one. */
function valueText(type: LogicalType | undefined, text: string): string {
  if (type !== 'number') return text;
  const value = Number(text.replace(/^(-?)inf$/, '$1Infinity'));
  return Number.isNaN(value) ? text : String(value);
}
