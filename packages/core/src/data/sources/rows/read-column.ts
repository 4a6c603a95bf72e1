import { quoteName } from '@tidegate/runtime';
import type { SourceColumn } from '../source.ts';

/** A column of text lines, and how its values are made of the text. */
export interface ReadColumn extends SourceColumn {
  /** Type that the text is read as: that of the column itself, or VARCHAR for what `value` turns. */
  readonly textType: string;
  /** SQL of the value, given that of the text. */
  readonly value: (text: string) => string;
  /** How the text is read in a part of the rows in which the sign occurs anywhere; absent = as ever. */
  readonly rarely?: { readonly sign: string; readonly value: (text: string) => string };
}

/** A column whose text the engine reads by itself. */
export function plainColumn(column: SourceColumn): ReadColumn {
  return { ...column, textType: column.type, value: (text) => text };
}

/** A column whose text is turned. */
export function turnedColumn(column: SourceColumn, value: (text: string) => string): ReadColumn {
  return { ...column, textType: 'VARCHAR', value };
}

/** A column of moments whose text is in UTC. Read as times without zone, for of those the engine refuses what is none; of moments it makes NULL. */
export function momentColumn(column: SourceColumn): ReadColumn {
  return {
    ...column,
    textType: 'TIMESTAMP',
    value: (text) => `CASE WHEN isfinite(${text}) THEN make_timestamptz(epoch_us(${text})) ELSE CAST(${text} AS TIMESTAMPTZ) END`,
  };
}

/** The columns as they are read of a part in which these signs occur. */
export function columnsWith(columns: readonly ReadColumn[], holds: (sign: string) => boolean): readonly ReadColumn[] {
  const signs = new Set(columns.flatMap(({ rarely }) => (rarely === undefined ? [] : [rarely.sign])));
  const found = new Set([...signs].filter(holds));
  return columns.map((column) =>
    column.rarely !== undefined && found.has(column.rarely.sign) ? turnedColumn(column, column.rarely.value) : column,
  );
}

/** The select list over the columns of the text. */
export function selectList(columns: readonly ReadColumn[]): string {
  return columns.map(({ name, value }) => `${value(quoteName(name))} AS ${quoteName(name)}`).join(', ');
}
