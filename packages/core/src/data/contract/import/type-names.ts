import type { LogicalType } from '@tidegate/formats';

const names: readonly (readonly [RegExp, LogicalType])[] = [
  [
    /^(u?int(_|eger|\d+|egertype)?|u?int\d+|u?bigint|u?smallint|u?tinyint|mediumint|u?hugeint|(big|small)?serial|byteint|(long|short|byte|integer)type|int[248])( unsigned)?$/,
    'integer',
  ],
  [
    /^(float(\d+|_|type)?|float[48]|double( precision)?|doubletype|real|decimal(type)?|numeric|number|money|bignumeric|complex\d*)$/,
    'number',
  ],
  [
    /^(str(ing)?(_|type|dtype)?|(n|long|medium|tiny)?text|(n?var|n|bp)?char(acter)?( varying)?2?|(n)?varchar2?|clob|uuid|category|categorical|enum|citext|utf8|large_string)$/,
    'string',
  ],
  [/^(bool(ean)?(_|type)?|bit)$/, 'boolean'],
  [
    /^(datetime(64)?(\[.*\])?|datetime2|datetimetz|timestamp(type|_ntz|_ltz|_tz|tz|_s|_ms|_ns)?( with(out)?( local)? time zone)?|smalldatetime)$/,
    'timestamp',
  ],
  [/^(date(32|64|type)?)$/, 'date'],
  [/^(time(type|64|tz)?( with(out)? time zone)?)$/, 'time'],
  [/^(array(type)?|list|super)$/, 'array'],
  [/^(dict|struct(type)?|map(type)?|jsonb?|record|variant|row)$/, 'object'],
];

/** The type that a name of pandas, polars, Spark or a database means; null when it is none that is known, as `object` of pandas. */
export function logicalTypeOf(name: string): LogicalType | null {
  const plain = name
    .toLowerCase()
    .trim()
    .replace(/^(pa|pl|np|pandas|polars|numpy|pandera|dtype)\./, '')
    .replace(/\[(ns|us|ms|s)\b.*\]$/, '')
    .replace(/\[(pyarrow|python|pyarrow_numpy)\]$/, '');
  if (/\[\]$|^array\b|^list\b/.test(plain)) return 'array';
  const bare = plain.replace(/\s*[(<].*[)>]/, '').trim();
  // a number without decimals is a whole one
  if (/^(decimal|numeric|number)\s*\(\s*\d+\s*(,\s*0\s*)?\)$/.test(plain)) return 'integer';
  return names.find(([pattern]) => pattern.test(bare))?.[1] ?? null;
}
