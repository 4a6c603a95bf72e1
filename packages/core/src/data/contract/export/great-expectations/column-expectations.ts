import type { Json, LogicalType } from '@tidegate/formats';
import type { ContractColumn } from '../../data-contract.ts';
import type { NotSaid } from '../exported.ts';
import type { Said } from './rule-expectations.ts';

/** Names that pandas, Spark and databases have for a type. */
const typeNames: Readonly<Partial<Record<LogicalType, readonly string[]>>> = {
  integer: [
    'int64',
    'Int64',
    'int32',
    'Int32',
    'int16',
    'int8',
    'int',
    'BIGINT',
    'INTEGER',
    'SMALLINT',
    'TINYINT',
    'INT',
    'LongType',
    'IntegerType',
  ],
  boolean: ['bool', 'boolean', 'BOOLEAN', 'BooleanType'],
  timestamp: ['datetime64[ns]', 'datetime64[us]', 'datetime64[ms]', 'datetime64[s]', 'TIMESTAMP', 'DATETIME', 'TimestampType'],
};

/** The first says that the column is there; what the data contract says of it beside rules follows. */
export function columnExpectations(column: ContractColumn, notSaid: NotSaid[]): readonly Said[] {
  const { name, logicalType, options } = column;
  const said: Said[] = [{ type: 'expect_column_to_exist', kwargs: { column: name } }];
  const of = (type: string, kwargs: { readonly [name: string]: Json } = {}): void =>
    void said.push({ type, kwargs: { column: name, ...kwargs } });
  const refuse = (what: string, why: string): void => void notSaid.push({ column: name, what, why });
  const isRequired = column.required || column.keyPosition !== null;
  const types = logicalType === null ? undefined : typeNames[logicalType];
  // a column of whole numbers becomes one of floating-point numbers in pandas as soon as a value is missing
  if (types !== undefined && isRequired) of('expect_column_values_to_be_in_type_list', { type_list: types });
  else if (logicalType !== null) refuse(`logicalType: ${logicalType}`, 'what its values are called depends on where they are kept');
  if (isRequired) of('expect_column_values_to_not_be_null');
  if (column.unique) of('expect_column_values_to_be_unique');
  const isMoment = logicalType === 'date' || logicalType === 'timestamp' || logicalType === 'time';
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, pattern, ...others } = options;
  if (isMoment && [minimum, maximum, exclusiveMinimum, exclusiveMaximum].some((bound) => bound !== undefined))
    refuse('logicalTypeOptions', 'bounds of dates and times are compared in another way there');
  else {
    if (minimum !== undefined || maximum !== undefined)
      of('expect_column_values_to_be_between', {
        ...(minimum !== undefined && { min_value: minimum }),
        ...(maximum !== undefined && { max_value: maximum }),
      });
    if (exclusiveMinimum !== undefined) of('expect_column_values_to_be_between', { min_value: exclusiveMinimum, strict_min: true });
    if (exclusiveMaximum !== undefined) of('expect_column_values_to_be_between', { max_value: exclusiveMaximum, strict_max: true });
  }
  if (minLength !== undefined || maxLength !== undefined)
    of('expect_column_value_lengths_to_be_between', {
      ...(minLength !== undefined && { min_value: minLength }),
      ...(maxLength !== undefined && { max_value: maxLength }),
    });
  if (pattern !== undefined) of('expect_column_values_to_match_regex', { regex: pattern });
  for (const option of Object.keys(others)) refuse(`logicalTypeOptions.${option}`, 'no expectation says it');
  return said;
}
