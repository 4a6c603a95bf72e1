import { quoteName } from '@tidegate/runtime';
import type { Client } from 'pg';
import { momentColumn, plainColumn, type ReadColumn, turnedColumn } from '../rows/read-column.ts';
import { columnsNotToBeRead } from './columns-not-to-be-read.ts';
import type { PostgresConnection } from './connect.ts';
import type { PostgresRelation } from './postgres-relation.ts';
import { typeName } from './type-name.ts';

/** A column as COPY gives it: the SQL that asks for it, and how its text is read. */
export interface PostgresColumn {
  readonly ask: string;
  readonly read: ReadColumn;
  /** A numeric without precision: its type is known when all its values are. */
  readonly isOpen: boolean;
}

interface TypeRow {
  readonly oid: string;
  readonly typname: string;
  readonly typtype: string;
  readonly typbasetype: string;
  readonly typtypmod: string;
  readonly typelem: string;
  readonly typcategory: string;
}

/** Columns of a relation with their types, without reading a row. @throws what the driver throws, TG-SOURCE-DENIED for a table of which some may not be read */
export async function postgresColumns(connection: PostgresConnection, relation: PostgresRelation): Promise<readonly PostgresColumn[]> {
  const { client } = connection;
  const { fields } = await client.query(`SELECT * FROM ${relation.sql} LIMIT 0`).catch(async (error: unknown) => {
    throw await columnsNotToBeRead(connection, relation, error);
  });
  const types = await typesOf(
    client,
    fields.map(({ dataTypeID }) => dataTypeID),
  );
  const named = await client.query<{ name: string }>(
    `SELECT format_type(t, m) AS name FROM unnest($1::oid[], $2::int[]) WITH ORDINALITY AS c(t, m, n) ORDER BY n`,
    [fields.map(({ dataTypeID }) => dataTypeID), fields.map(({ dataTypeModifier }) => dataTypeModifier)],
  );
  return fields.map(({ name, dataTypeID, dataTypeModifier }, index) => {
    const sourceType = named.rows[index]?.name ?? 'unknown';
    return columnOf({ name, sourceType }, baseOf(types, String(dataTypeID), dataTypeModifier));
  });
}

/** The types, and those that domains and arrays among them are made of. */
async function typesOf(client: Client, oids: readonly number[]): Promise<ReadonlyMap<string, TypeRow>> {
  const { rows } = await client.query<TypeRow>(
    `WITH RECURSIVE found AS (
       SELECT oid, typname, typtype, typbasetype, typtypmod, typelem, typcategory FROM pg_type WHERE oid = ANY ($1::oid[])
       UNION SELECT t.oid, t.typname, t.typtype, t.typbasetype, t.typtypmod, t.typelem, t.typcategory
       FROM pg_type t JOIN found f ON t.oid IN (f.typbasetype, f.typelem))
     SELECT * FROM found`,
    [oids],
  );
  return new Map(rows.map((row) => [row.oid, row]));
}

interface BaseType {
  readonly name: string;
  readonly modifier: number;
  /** Of an array. */
  readonly element: BaseType | null;
}

function baseOf(types: ReadonlyMap<string, TypeRow>, oid: string, modifier: number): BaseType {
  const type = types.get(oid);
  if (type === undefined) return { name: 'unknown', modifier, element: null };
  if (type.typtype === 'd') return baseOf(types, type.typbasetype, Number(type.typtypmod));
  const element = type.typcategory === 'A' && type.typelem !== '0' ? baseOf(types, type.typelem, modifier) : null;
  return { name: type.typname, modifier, element };
}

function columnOf({ name, sourceType }: { readonly name: string; readonly sourceType: string }, base: BaseType): PostgresColumn {
  const quoted = quoteName(name);
  if (base.element !== null) {
    const element = typeName(base.element);
    const column = { name, sourceType, type: `${element}[]` };
    return {
      ask: `array_to_json(${quoted}::text[])`,
      read: turnedColumn(column, (text) => typedValue(column.type, unescaped(text))),
      isOpen: false,
    };
  }
  const column = { name, sourceType, type: typeName(base) };
  return { ask: quoted, read: readerOf(column), isOpen: base.name === 'numeric' && base.modifier < 0 };
}

function readerOf(column: { readonly name: string; readonly sourceType: string; readonly type: string }): ReadColumn {
  switch (column.type) {
    case 'VARCHAR':
      return turnedColumn(column, unescaped);
    case 'JSON':
      return turnedColumn(column, (text) => typedValue(column.type, unescaped(text)));
    case 'BLOB':
      return turnedColumn(column, (text) => `unhex(${text}[4:])`); // COPY writes \\x
    case 'DATE':
    case 'TIMESTAMP':
      return { ...plainColumn(column), rarely: { sign: era, value: (text) => `CAST(${withEra(text)} AS ${column.type})` } };
    case 'TIMESTAMP WITH TIME ZONE':
      return { ...momentColumn(column), rarely: { sign: era, value: (text) => `CAST(${withEra(text)} AS ${column.type})` } };
    default:
      return plainColumn(column);
  }
}

/** What PostgreSQL writes after a date before the year 1: the engine would take it for one after. */
const era = ' BC';

/** SQL of the text of a date or time as the engine takes it: `0044-03-15 (BC) 12:00:00`. */
function withEra(text: string): string {
  return `regexp_replace(${text}, '^(\\S+)(.*) BC$', '\\1 (BC)\\2')`;
}

/** SQL of a value, given that of its text: JSON as such, arrays as a JSON list of texts. */
export function typedValue(type: string, text: string): string {
  if (type === 'JSON') return `CAST(${text} AS JSON)`;
  if (!type.endsWith('[]')) return text;
  const list = `CAST(CAST(${text} AS JSON) AS VARCHAR[])`;
  if (/^(DATE|TIMESTAMP.*)\[\]$/.test(type)) return `CAST(list_transform(${list}, lambda item: ${withEra('item')}) AS ${type})`;
  return type === 'BLOB[]' ? `list_transform(${list}, lambda item: unhex(item[3:]))` : `CAST(${list} AS ${type})`;
}

/** What COPY writes in the place of characters: https://www.postgresql.org/docs/15/sql-copy.html, "Text Format". No text of PostgreSQL has a NUL. */
function unescaped(text: string): string {
  const signs = [
    ['\\\\', 'chr(0)'],
    ['\\n', 'chr(10)'],
    ['\\t', 'chr(9)'],
    ['\\r', 'chr(13)'],
    ['\\b', 'chr(8)'],
    ['\\f', 'chr(12)'],
    ['\\v', 'chr(11)'],
  ] as const;
  const plain = signs.reduce((sql, [sign, character]) => `replace(${sql}, '${sign}', ${character})`, text);
  return `CASE WHEN contains(${text}, '\\') THEN replace(${plain}, chr(0), '\\') ELSE ${text} END`;
}
