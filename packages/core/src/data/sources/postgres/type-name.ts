/** Most digits that a decimal of the engine has. */
export const mostDigits = 38;

const names: Readonly<Record<string, string>> = {
  bool: 'BOOLEAN',
  int2: 'SMALLINT',
  int4: 'INTEGER',
  int8: 'BIGINT',
  oid: 'BIGINT',
  float4: 'FLOAT',
  float8: 'DOUBLE',
  bytea: 'BLOB',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  uuid: 'UUID',
  json: 'JSON',
  jsonb: 'JSON',
};

/**
 * The engine's type of a type of PostgreSQL. What the engine has no exact type for (intervals, money, addresses, ranges, labels of an
 * enumeration, numbers of more than 38 digits) is text, as PostgreSQL writes it.
 *
 * @param modifier of `numeric`: precision and scale as `pg_attribute.atttypmod` has them; -1 = none
 */
export function typeName({ name, modifier }: { readonly name: string; readonly modifier: number }): string {
  if (name !== 'numeric') return names[name] ?? 'VARCHAR';
  if (modifier < 0) return 'VARCHAR';
  const [precision, scale] = [((modifier - 4) >> 16) & 0xffff, (((modifier - 4) & 0x7ff) ^ 1024) - 1024];
  return precision <= mostDigits && scale >= 0 && scale <= precision ? `DECIMAL(${precision},${scale})` : 'VARCHAR';
}
