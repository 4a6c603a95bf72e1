import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openEngine, quoteName } from '@tidegate/runtime';
import { exportContract } from '../export-contract.ts';
import { tableFor, wrongly } from './test-table.ts';

test('a table of DuckDB refuses rows that break the data contract, and takes others', async () => {
  using engine = await openEngine({ threads: 1 });

  assert.deepEqual(await wrongly({ dialect: 'duckdb', run: (sql) => engine.run(sql), quoteName }), []);
});

test('a table of SQLite refuses rows that break the data contract, and takes others', async () => {
  using database = new DatabaseSync(':memory:');
  database.exec('PRAGMA foreign_keys = ON');
  const run = async (sql: string): Promise<void> => database.exec(sql);

  assert.deepEqual(await wrongly({ dialect: 'sqlite', run, quoteName }), []);
});

test('what no constraint says is told', () => {
  const text = `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: t
    quality: [{ metric: rowCount, mustBeGreaterThan: 5 }]
    properties:
      - { name: a, quality: [{ metric: nullValues, mustBeLessThan: 5, unit: percent }, { type: sql, query: "SELECT 1", mustBe: 1 }] }
      - { name: b, logicalType: string, quality: [{ metric: nullValues, mustBe: 0, severity: warning }] }
`;

  assert.deepEqual(
    exportContract({ file: 't.yaml', text, dataset: 't' }, 'sqlite').notSaid.map(({ column, what, why }) => `${column}: ${what}: ${why}`),
    [
      'a: logicalType: no type is promised, so that it is TEXT',
      'a: nullValues: a condition holds for each row, not for a share of them',
      'a: sql: a query is no condition of a row',
      'b: nullValues: a table refuses a row or takes it, and warns of none',
      'null: rowCount: a constraint holds for each row, and says nothing of a table',
    ],
  );
  assert.deepEqual(
    tableFor('sqlite').notSaid.map(({ why }) => why),
    ['the database has no patterns of its own'],
  );
});
