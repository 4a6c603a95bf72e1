import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openEngine, quoteText } from '@tidegate/runtime';
import { mkdtemp, rm, tmpdir, writeFile } from '../../../platform/index.ts';
import { type ContractTestRequest, testContractFile } from './test-contract-file.ts';

const contract = `apiVersion: v3.1.0
kind: DataContract
id: tides
version: 1.2.0
status: active
servers:
  - { server: base, type: duckdb, database: tides.duckdb, schema: sea }
  - { server: stream, type: kafka, host: h }
  - { server: weather, type: mysql, host: h, port: 1, database: d, customProperties: [{ property: tidegate.secret, value: WEATHER }] }
schema:
  - name: tides
    physicalName: tide table
    properties: [{ name: height, logicalType: number, required: true }]
  - name: winds
    properties: [{ name: speed, logicalType: number, required: true }]
`;

async function requestIn(t: TestContext, more: Partial<ContractTestRequest>): Promise<ContractTestRequest> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-server-files-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'c.yaml'), contract);
  const secret = async (): Promise<null> => null;
  const signal = new AbortController().signal;
  return { path: join(folder, 'c.yaml'), file: 'c.yaml', data: null, server: null, object: null, folder, secret, now: 0, signal, ...more };
}

test('every object of a document is read from a database of DuckDB, by its physical name', async (t) => {
  const request = await requestIn(t, { server: 'base' });
  {
    using engine = await openEngine({});
    await engine.run(`ATTACH ${quoteText(join(request.folder, 'tides.duckdb'))} AS d`);
    await engine.run('CREATE SCHEMA d.sea');
    await engine.run('CREATE TABLE d.sea."tide table" AS SELECT 1.5 AS height');
    await engine.run('CREATE TABLE d.sea.winds AS SELECT unnest([1, NULL]) AS speed');
    await engine.run('DETACH d');
  }

  const judged = await testContractFile(request);

  assert.deepEqual(
    judged.map(({ object, data, rows, verdict }) => [object, data, rows, verdict]),
    [
      ['tides', 'the server "base"', 1, 'pass'],
      ['winds', 'the server "base"', 2, 'fail'],
    ],
  );
});

test('a server that is not there, of another type, or whose database or secret is missing is refused with what to do', async (t) => {
  for (const [server, says] of [
    ['bass', /^TG-DATA-CONTRACT-SERVER: Cannot find the server "bass" in "c\.yaml"$/],
    [
      'stream',
      /^TG-DATA-CONTRACT-SERVER: Cannot read the server "stream" \(kafka\): Tidegate reads local, duckdb, postgres, mysql and s3$/,
    ],
    ['base', /^TG-DATA-CONTRACT-SERVER: Cannot read the server "base" \(duckdb\): /],
    ['weather', /^TG-SECRETS-MISSING: .*"WEATHER" has no value$/],
  ] as const)
    await assert.rejects(testContractFile(await requestIn(t, { server })), { message: says }, server);
});

test('Parquet keeps a column by its own name of the type or by that of the engine', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-physical-'));
  t.after(() => rm(folder, { recursive: true }));
  {
    using engine = await openEngine({ threads: 1 });
    const row = `SELECT 1::BIGINT AS a, 'x' AS b, now()::TIMESTAMP AS c, 1.5::DOUBLE AS d`;
    await engine.run(`COPY (${row}) TO ${quoteText(join(folder, 't.parquet'))} (FORMAT parquet)`);
  }
  const judged = async (...types: readonly string[]): Promise<readonly string[]> => {
    const properties = types.map((type, at) => `      - { name: ${'abcd'[at] ?? ''}, physicalType: "${type}" }\n`).join('');
    await writeFile(
      join(folder, 'c.yaml'),
      `apiVersion: v3.1.0\nkind: DataContract\nid: t\nversion: 1.0.0\nstatus: active\nservers: [{ server: files, type: local, path: t.parquet, format: parquet }]\nschema:\n  - name: t\n    properties:\n${properties}`,
    );
    const request = { path: join(folder, 'c.yaml'), file: 'c.yaml', data: null, server: 'files', object: null, folder, now: 0 };
    const [one] = await testContractFile({ ...request, secret: async () => null, signal: new AbortController().signal });
    return (one?.checks ?? []).flatMap(({ name, verdict }) => (name.endsWith('physical_type') ? [verdict] : []));
  };

  assert.deepEqual(await judged('INT64', 'UTF8', 'INT64', 'DOUBLE'), ['pass', 'pass', 'pass', 'pass']);
  assert.deepEqual(await judged('bigint', 'varchar(20)', 'TIMESTAMP', 'float8'), ['pass', 'pass', 'pass', 'pass']);
  assert.deepEqual(await judged('INT32', 'BLOB', 'DATE', 'FLOAT'), ['fail', 'fail', 'fail', 'fail']);
  assert.deepEqual(await judged("x') AS t, read_text('/etc/passwd", 'VARCHAR2'), ['inconclusive', 'inconclusive']);
});
