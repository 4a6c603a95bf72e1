import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quoteName } from '@tidegate/runtime';
import { skipWithoutMariadb, startMariadb } from '../../../sources/fixtures/mariadb-server.ts';
import { skipWithoutPostgres, startPostgres } from '../../../sources/fixtures/postgres-server.ts';
import { hostileName, wrongly } from './test-table.ts';

test('a table of PostgreSQL refuses rows that break the data contract, and takes others', { skip: skipWithoutPostgres() }, async () => {
  await using server = await startPostgres();

  assert.deepEqual(await wrongly({ dialect: 'postgres', run: server.run, quoteName }), []);
  const comments = await server.run(`SELECT col_description('${quoteName(hostileName).replaceAll("'", "''")}'::regclass, 1) AS comment`);
  assert.deepEqual(comments, [{ comment: "It's the \\ key" }]);
});

test('a table of MariaDB refuses rows that break the data contract, and takes others', { skip: skipWithoutMariadb() }, async () => {
  await using server = await startMariadb();
  const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

  assert.deepEqual(await wrongly({ dialect: 'mysql', run: server.run, quoteName: quoted }), []);
  const comments = await server.run(
    "SELECT column_comment AS comment FROM information_schema.columns WHERE column_name = 'id' AND column_comment <> ''",
  );
  assert.deepEqual(comments, [{ comment: "It's the \\ key" }]);
});
