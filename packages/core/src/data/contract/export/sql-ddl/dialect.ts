import type { LogicalType } from '@tidegate/formats';

export const dialects = ['duckdb', 'mysql', 'postgres', 'sqlite'] as const;
export type DialectName = (typeof dialects)[number];

/** How one database writes what a table definition needs. */
export interface Dialect {
  readonly name: DialectName;
  readonly quoteName: (name: string) => string;
  readonly quoteText: (text: string) => string;
  readonly types: Readonly<Record<LogicalType, string>>;
  /** Type of a text of at most so many characters, as a key needs it where long texts have no index; null for no difference. */
  readonly keyText: ((length: number | null) => string) | null;
  /** SQL that is true of a text in which RE2 finds the pattern; null when the database has none. */
  readonly matches: ((column: string, pattern: string) => string) | null;
  /** Characters, code points, of a text. */
  readonly length: (column: string) => string;
  /** Comments of columns stand in the definition, in statements of their own, or nowhere. */
  readonly comments: 'inline' | 'statements' | 'none';
}

const doubleQuoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const singleQuoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const byName: Readonly<Record<DialectName, Dialect>> = {
  duckdb: {
    name: 'duckdb',
    quoteName: doubleQuoted,
    quoteText: singleQuoted,
    types: {
      string: 'VARCHAR',
      integer: 'BIGINT',
      number: 'DOUBLE',
      boolean: 'BOOLEAN',
      date: 'DATE',
      timestamp: 'TIMESTAMP',
      time: 'TIME',
      object: 'JSON',
      array: 'JSON',
    },
    keyText: null,
    matches: (column, pattern) => `regexp_matches(${column}, ${singleQuoted(pattern)})`,
    length: (column) => `length(${column})`,
    comments: 'statements',
  },
  postgres: {
    name: 'postgres',
    quoteName: doubleQuoted,
    quoteText: (text) => (text.includes('\\') ? `E${singleQuoted(text.replaceAll('\\', '\\\\'))}` : singleQuoted(text)),
    types: {
      string: 'text',
      integer: 'bigint',
      number: 'double precision',
      boolean: 'boolean',
      date: 'date',
      timestamp: 'timestamp',
      time: 'time',
      object: 'jsonb',
      array: 'jsonb',
    },
    keyText: null,
    matches: (column, pattern) =>
      `${column} ~ ${pattern.includes('\\') ? `E${singleQuoted(pattern.replaceAll('\\', '\\\\'))}` : singleQuoted(pattern)}`,
    length: (column) => `char_length(${column})`,
    comments: 'statements',
  },
  mysql: {
    name: 'mysql',
    quoteName: (name) => `\`${name.replaceAll('`', '``')}\``,
    quoteText: (text) => singleQuoted(text.replaceAll('\\', '\\\\')),
    types: {
      string: 'longtext',
      integer: 'bigint',
      number: 'double',
      boolean: 'boolean',
      date: 'date',
      timestamp: 'datetime(6)',
      time: 'time(6)',
      object: 'json',
      array: 'json',
    },
    // an index takes 3072 bytes at most, four a character
    keyText: (length) => `varchar(${Math.min(length ?? 255, 768)})`,
    matches: (column, pattern) => `${column} REGEXP ${singleQuoted(`(?-i)${pattern}`.replaceAll('\\', '\\\\'))}`,
    length: (column) => `char_length(${column})`,
    comments: 'inline',
  },
  sqlite: {
    name: 'sqlite',
    quoteName: doubleQuoted,
    quoteText: singleQuoted,
    types: {
      string: 'TEXT',
      // INTEGER as a primary key is the number of the row, and NULL in it means the next one
      integer: 'BIGINT',
      number: 'REAL',
      boolean: 'INTEGER',
      date: 'TEXT',
      timestamp: 'TEXT',
      time: 'TEXT',
      object: 'TEXT',
      array: 'TEXT',
    },
    keyText: null,
    matches: null,
    length: (column) => `length(${column})`,
    comments: 'none',
  },
};

export function dialectOf(name: DialectName): Dialect {
  return byName[name];
}
