/** Whose names of types are meant. */
export type NativeSystem = 'postgres' | 'mysql';

/** A type without its synonyms: `character varying`, with `20` in parentheses. */
interface NativeType {
  readonly name: string;
  /** What stands in parentheses; null where nothing does. */
  readonly arguments: string | null;
}

/** Names that mean another one: https://www.postgresql.org/docs/current/datatype.html */
const ofPostgres: Readonly<Record<string, string>> = {
  int: 'integer',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  smallserial: 'smallint',
  serial: 'integer',
  serial4: 'integer',
  bigserial: 'bigint',
  serial8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  float: 'double precision',
  bool: 'boolean',
  decimal: 'numeric',
  varchar: 'character varying',
  char: 'character',
  bpchar: 'character',
  varbit: 'bit varying',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
};

/** https://mariadb.com/kb/en/data-types/; the wire tells all texts and all bytes by one name each. */
const ofMysql: Readonly<Record<string, string>> = {
  integer: 'int',
  int4: 'int',
  int8: 'bigint',
  int2: 'smallint',
  bool: 'tinyint',
  boolean: 'tinyint',
  numeric: 'decimal',
  dec: 'decimal',
  fixed: 'decimal',
  real: 'double',
  'double precision': 'double',
  'character varying': 'varchar',
  character: 'char',
  tinytext: 'text',
  mediumtext: 'text',
  longtext: 'text',
  tinyblob: 'binary',
  blob: 'binary',
  mediumblob: 'binary',
  longblob: 'binary',
  varbinary: 'binary',
};

/** Whether a column that the database says is of one type is of the type that is promised: synonyms count as one, and what the promise or the database leaves open is no difference. */
export function isNativeType(system: NativeSystem, promised: string, found: string): boolean {
  const [wanted, is] = [nativeType(system, promised), nativeType(system, found)];
  return wanted.name === is.name && (wanted.arguments === null || is.arguments === null || wanted.arguments === is.arguments);
}

function nativeType(system: NativeSystem, text: string): NativeType {
  const words = text.toLowerCase().replaceAll(/\s+/g, ' ').trim();
  const [, before = words, inside = null, after = ''] = /^([^([]+?) ?[([]([\d, ]+)[)\]](.*)$/.exec(words) ?? [];
  const name = `${before}${after}`.trim();
  const synonyms = system === 'postgres' ? ofPostgres : ofMysql;
  const [, base = name, list = ''] = /^(.*?)((?:\[\])*)$/.exec(name) ?? [];
  const own = `${synonyms[base] ?? base}${list}`;
  // the width of a whole number in MySQL is how it is shown
  const isWidth = system === 'mysql' && /int\b/.test(own);
  return { name: own, arguments: isWidth ? null : (inside?.replaceAll(' ', '') ?? null) };
}
