import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNativeType, type NativeSystem } from './native-type.ts';

const cases: readonly (readonly [NativeSystem, string, string, boolean])[] = [
  ['postgres', 'varchar', 'character varying(20)', true],
  ['postgres', 'VARCHAR(20)', 'character varying(20)', true],
  ['postgres', 'varchar[20]', 'character varying(20)', true],
  ['postgres', 'varchar(30)', 'character varying(20)', false],
  ['postgres', 'int', 'integer', true],
  ['postgres', 'int8', 'integer', false],
  ['postgres', 'bigserial', 'bigint', true],
  ['postgres', 'numeric', 'numeric(10,2)', true],
  ['postgres', 'DECIMAL(10, 2)', 'numeric(10,2)', true],
  ['postgres', 'timestamp', 'timestamp without time zone', true],
  ['postgres', 'timestamp(3)', 'timestamp(3) without time zone', true],
  ['postgres', 'timestamptz', 'timestamp without time zone', false],
  ['postgres', 'int4[]', 'integer[]', true],
  ['postgres', 'int4', 'integer[]', false],
  ['postgres', 'text', 'character varying', false],
  ['postgres', 'Flag', 'flag', true],
  ['mysql', 'int(11)', 'int', true],
  ['mysql', 'int unsigned', 'int', false],
  ['mysql', 'INT(10) UNSIGNED', 'int unsigned', true],
  ['mysql', 'boolean', 'tinyint', true],
  ['mysql', 'varchar(20)', 'varchar', true], // the wire does not tell the length
  ['mysql', 'decimal(6,2)', 'decimal(8,2)', false],
  ['mysql', 'longtext', 'text', true],
  ['mysql', 'datetime', 'timestamp', false],
];

for (const [system, promised, found, isSame] of cases)
  test(`of ${system}, "${found}" ${isSame ? 'is' : 'is not'} "${promised}"`, () => {
    assert.equal(isNativeType(system, promised, found), isSame);
  });
