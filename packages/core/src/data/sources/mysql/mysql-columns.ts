import type { FieldPacket } from 'mysql2';
import { momentColumn, plainColumn, type ReadColumn, turnedColumn } from '../rows/read-column.ts';
import { bytesOfField, type Field, textOfField } from '../rows/row-text.ts';

/** A column as the server sends it: the SQL that asks for it, and how its bytes become a field of a line. */
export interface MysqlColumn {
  readonly ask: string;
  readonly read: ReadColumn;
  readonly field: (bytes: Buffer) => Field;
  /** Whether a value of it may be a date that no calendar has. */
  readonly mayBeZeroDate: boolean;
}

/** Flags of a column: https://mariadb.com/kb/en/result-set-packets/#field-details-flag */
const flag = { unsigned: 32, binary: 128, enumeration: 256, set: 2048 } as const;
const binaryCharset = 63;
const mostDigits = 38;

/** Types by their number on the wire: https://mariadb.com/kb/en/result-set-packets/#field-types */
const names: Readonly<Record<number, string>> = {
  1: 'tinyint',
  2: 'smallint',
  3: 'int',
  4: 'float',
  5: 'double',
  7: 'timestamp',
  8: 'bigint',
  9: 'mediumint',
  10: 'date',
  11: 'time',
  12: 'datetime',
  13: 'year',
  16: 'bit',
  245: 'json',
  246: 'decimal',
  252: 'text',
  253: 'varchar',
  254: 'char',
  255: 'geometry',
};

const integers: Readonly<Record<string, string>> = {
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  mediumint: 'INTEGER',
  int: 'INTEGER',
  bigint: 'BIGINT',
};

/** @param jsonColumns columns that hold JSON although the server sends them as text, as MariaDB does */
export function mysqlColumns(fields: readonly FieldPacket[], jsonColumns: ReadonlySet<string>): readonly MysqlColumn[] {
  return fields.map((field) => columnOf(field, jsonColumns.has(field.name)));
}

function columnOf(field: FieldPacket, isJson: boolean): MysqlColumn {
  const { name } = field;
  const type = isJson ? 'json' : (names[field.columnType ?? -1] ?? 'text');
  const engineType = typeOf(type, field);
  const column = { name, type: engineType, sourceType: sourceTypeOf(type, field) };
  const quoted = quoteMysql(name);
  const base = { ask: quoted, field: (bytes: Buffer): Field => bytes.toString('utf8'), mayBeZeroDate: false };
  switch (engineType) {
    case 'BLOB':
      return { ...base, read: turnedColumn(column, bytesOfField), field: (bytes) => bytes };
    case 'VARCHAR':
      return { ...base, read: turnedColumn(column, textOfField) };
    case 'JSON':
      return { ...base, read: turnedColumn(column, (text) => `CAST(${textOfField(text)} AS JSON)`) };
    case 'FLOAT':
      return { ...base, ask: `(${quoted} + 0e0) AS ${quoted}`, read: plainColumn(column) }; // as it is, it comes with six digits
    case 'DATE':
    case 'TIMESTAMP':
      return { ...base, read: plainColumn(column), mayBeZeroDate: true };
    case 'TIMESTAMP WITH TIME ZONE':
      return { ...base, read: momentColumn(column), mayBeZeroDate: true };
    case 'UBIGINT':
      return type === 'bit'
        ? { ...base, read: plainColumn(column), field: (bytes) => BigInt(`0x${bytes.toString('hex')}`).toString() }
        : { ...base, read: plainColumn(column) };
    case 'BOOLEAN':
      return { ...base, read: plainColumn(column), field: (bytes) => (bytes.every((byte) => byte === 0) ? 'false' : 'true') };
    default:
      return { ...base, read: plainColumn(column) };
  }
}

function typeOf(type: string, { flags, characterSet, columnLength = 0, decimals }: FieldPacket): string {
  const has = (one: number): boolean => (Number(flags) & one) !== 0;
  const whole = integers[type];
  if (whole !== undefined) return has(flag.unsigned) ? `U${whole}` : whole;
  switch (type) {
    case 'float':
      return 'FLOAT';
    case 'double':
      return 'DOUBLE';
    case 'timestamp':
      return 'TIMESTAMP WITH TIME ZONE';
    case 'datetime':
      return 'TIMESTAMP';
    case 'date':
      return 'DATE';
    case 'year':
      return 'SMALLINT';
    case 'json':
      return 'JSON';
    case 'bit':
      return columnLength === 1 ? 'BOOLEAN' : 'UBIGINT';
    case 'decimal': {
      const precision = precisionOf({ flags, columnLength, decimals });
      return precision <= mostDigits ? `DECIMAL(${precision},${decimals})` : 'VARCHAR';
    }
    case 'time':
      return 'VARCHAR'; // a span of up to 838 hours, before or after
    case 'geometry':
      return 'BLOB';
    default:
      return characterSet === binaryCharset && !has(flag.enumeration) && !has(flag.set) ? 'BLOB' : 'VARCHAR';
  }
}

/** Digits of a decimal; its length has room for the point and, unless it is unsigned, for a sign. */
function precisionOf({ flags, columnLength = 0, decimals }: Pick<FieldPacket, 'flags' | 'columnLength' | 'decimals'>): number {
  return columnLength - (decimals > 0 ? 1 : 0) - ((Number(flags) & flag.unsigned) === 0 ? 1 : 0);
}

function sourceTypeOf(type: string, { flags, columnLength = 0, decimals, characterSet }: FieldPacket): string {
  const unsigned = (Number(flags) & flag.unsigned) !== 0 && integers[type] !== undefined ? ' unsigned' : '';
  if (type === 'decimal') return `decimal(${precisionOf({ flags, columnLength, decimals })},${decimals})`;
  if (type === 'bit') return `bit(${columnLength})`;
  if ((Number(flags) & flag.enumeration) !== 0) return 'enum';
  if ((Number(flags) & flag.set) !== 0) return 'set';
  if (/^(text|varchar|char)$/.test(type) && characterSet === binaryCharset) return 'binary';
  return `${type}${unsigned}`;
}

export function quoteMysql(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A text as a literal that is the same with and without NO_BACKSLASH_ESCAPES. */
export function literalOfMysql(text: string): string {
  if (text.includes('\\')) return `CONVERT(0x${Buffer.from(text).toString('hex')} USING utf8mb4)`;
  return `'${text.replaceAll("'", "''")}'`;
}
