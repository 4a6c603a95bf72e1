import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TidegateError, type Diagnostic } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { columnsOf, datasetsReadBy } from './sql-check.ts';

async function tables(sql: string): Promise<readonly string[]> {
  using engine = await openEngine({ threads: 1 });
  const names = ['flights', 'weather', 'my-data'];
  return await datasetsReadBy(engine, { sql, what: 'view "v"', file: 'features/v.sql' }, { loaded: names, known: names });
}

async function diagnosticOf(work: Promise<unknown>): Promise<Diagnostic> {
  const error: unknown = await work.then(
    () => assert.fail('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TidegateError, String(error));
  return error.diagnostics[0];
}

test('the datasets a SELECT reads are found wherever they stand', async () => {
  assert.deepEqual(await tables('SELECT * FROM Flights f JOIN weather USING (origin)'), ['flights', 'weather']);
  assert.deepEqual(await tables('WITH w AS (SELECT * FROM weather) SELECT (SELECT max(x) FROM "my-data") FROM w'), ['my-data', 'weather']);
  assert.deepEqual(await tables('FROM flights'), ['flights']);
  assert.deepEqual(await tables('SELECT * FROM range(3), unnest([1, 2])'), []);
});

test('a table that is no dataset is named with the nearest one and its place', async () => {
  const found = await diagnosticOf(tables('SELECT *\n  FROM wether'));

  assert.equal(found.code, 'TG-FEATURES-SQL-TABLE');
  assert.equal(found.message, 'Cannot compute view "v": it reads "wether", which is no dataset');
  assert.equal(found.hint, 'Did you mean "weather"?');
  assert.deepEqual(found.place, { file: 'features/v.sql', line: 2, column: 8, length: 6, source: '  FROM wether' });
});

test('rows that were put aside are no dataset, and the reason is said', async () => {
  const found = await diagnosticOf(tables('SELECT * FROM flights.quarantine'));

  assert.equal(
    found.message,
    'Cannot compute view "v": it reads "flights.quarantine", rows that break the data contract of data.flights, which no feature may be made of',
  );
  assert.deepEqual((await diagnosticOf(tables('SELECT * FROM "flights.quarantine"'))).hint, found.hint);
});

test('files and schemas are out of reach', async () => {
  const attempts = [
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    'SELECT * FROM duckdb_settings()',
    'SELECT * FROM information_schema.tables',
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM flights WHERE origin IN (SELECT content FROM glob('/*'))",
  ];
  for (const sql of attempts) assert.match((await diagnosticOf(tables(sql))).code, /^TG-FEATURES-SQL-(TABLE|FUNCTION)$/, sql);
});

test('what gives something else at every run is refused', async () => {
  const attempts = [
    'SELECT random() FROM flights',
    'SELECT now() FROM flights',
    'SELECT current_date FROM flights',
    'SELECT * FROM flights WHERE sched < current_timestamp',
    'SELECT uuid() FROM flights',
    'SELECT * FROM flights USING SAMPLE 10%',
    'SELECT * FROM flights TABLESAMPLE 5 ROWS',
  ];
  for (const sql of attempts) assert.equal((await diagnosticOf(tables(sql))).code, 'TG-FEATURES-SQL-FUNCTION', sql);
});

test('anything but one SELECT is refused', async () => {
  const attempts = [
    'DROP TABLE flights',
    'SELECT 1; SELECT 2',
    "COPY flights TO 'x'",
    '',
    'INSTALL httpfs',
    "ATTACH 'x.db'",
    'SET threads = 9',
  ];
  for (const sql of attempts) assert.equal((await diagnosticOf(tables(sql))).code, 'TG-FEATURES-SQL', sql);
});

test('a syntax error stands at its place, counted in characters', async () => {
  const found = await diagnosticOf(tables("SELECT 'é' AS x,\n  é FROM weather WHERE )"));

  assert.equal(found.place?.line, 2);
  assert.equal(found.place?.column, 24);
  assert.match(found.message, /syntax error at or near "\)"/);
});

test('a column that is not there is named with its place and with what there is', async () => {
  using engine = await openEngine({ threads: 1 });
  await engine.run('CREATE TABLE weather AS SELECT 1 AS temp');
  const sql = 'SELECT\n  tmp\nFROM weather;';

  const found = await diagnosticOf(columnsOf(engine, { sql, what: 'view "v"', file: 'features/v.sql' }));

  assert.equal(found.code, 'TG-FEATURES-SQL');
  assert.deepEqual([found.place?.line, found.place?.column, found.place?.length], [2, 3, 3]);
  assert.match(found.hint ?? '', /temp/);
});
