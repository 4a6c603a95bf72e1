import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openEngine, quoteText } from '@tidegate/runtime';
import { mkdir, mkdtemp, rm, tmpdir, writeFile } from '../../../platform/index.ts';
import { skipWithoutS3, startS3Server } from '../../../platform/s3/test-s3-server.ts';
import { skipWithoutMariadb, startMariadb } from '../../sources/fixtures/mariadb-server.ts';
import { skipWithoutPostgres, startPostgres } from '../../sources/fixtures/postgres-server.ts';
import type { JudgedContract } from './judged-contract.ts';
import { testContractFile } from './test-contract-file.ts';

const contract = (server: string): string => `apiVersion: v3.1.0
kind: DataContract
id: tides
version: 1.0.0
status: active
servers: [${server}]
slaProperties: [{ property: latency, value: 2, unit: d, element: tides.at }]
schema:
  - name: tides
    physicalName: Tide table
    properties:
      - { name: id, logicalType: integer, primaryKey: true }
      - { name: at, logicalType: timestamp, required: true }
      - { name: height, logicalType: number, physicalType: 'decimal(6,2)', logicalTypeOptions: { maximum: 9 } }
      - { name: place, logicalType: string, quality: [{ metric: invalidValues, arguments: { validValues: [Kiel, Husum] }, mustBe: 0 }] }
      - { name: flag, logicalType: boolean, physicalType: tinyint(1) }
`;

const rows = `(1, '2026-01-01 10:00:00', 4.5, 'Kiel', true), (2, '2026-01-02 10:00:00', 12.25, 'Bremen', NULL)`;

async function judgedAt(t: TestContext, server: string, secrets: { readonly [name: string]: string } = {}): Promise<JudgedContract> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-contract-server-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'c.yaml'), contract(server));
  const [judged = assert.fail('nothing was judged')] = await testContractFile({
    path: join(folder, 'c.yaml'),
    file: 'c.yaml',
    data: null,
    server: 'production',
    object: null,
    folder,
    secret: async (name) => secrets[name] ?? null,
    now: Date.parse('2026-01-05T10:00:00Z'),
    signal: new AbortController().signal,
  });
  return judged;
}

const notPassed = ({ rows: count, checks }: JudgedContract): readonly unknown[] => [
  count,
  ...checks.filter(({ verdict }) => verdict !== 'pass').map(({ name, verdict, failingRows }) => `${name} ${verdict} ${failingRows}`),
];

const found = [2, 'height.maximum fail 1', 'place.valid_values fail 1', 'at.latency fail 0'];
/** Only MariaDB keeps truth values as `tinyint(1)`. */
const foundElsewhere = [...found, 'flag.physical_type fail 0'];

test('the table of an object is read from PostgreSQL, in the schema that the server names', { skip: skipWithoutPostgres() }, async (t) => {
  await using server = await startPostgres();
  await server.run(
    `CREATE SCHEMA "North Sea"; CREATE TABLE "North Sea"."Tide table" (id int, at timestamp, height numeric(6, 2), place text, flag boolean)`,
  );
  await server.run(`INSERT INTO "North Sea"."Tide table" VALUES ${rows}`);
  const entry = `{ server: production, type: postgres, host: h, port: ${server.port}, database: postgres, schema: North Sea, customProperties: [{ property: tidegate.secret, value: TIDES }] }`;

  const judged = await judgedAt(t, entry, { TIDES: server.url() });
  assert.deepEqual(notPassed(judged), foundElsewhere);
  assert.equal(judged.checks.find(({ name }) => name === 'flag.physical_type')?.reason, 'flag is kept as tinyint(1): it is boolean');
  assert.equal(judged.checks.find(({ name }) => name === 'height.physical_type')?.verdict, 'pass');
  await assert.rejects(judgedAt(t, entry.replace('North Sea', 'South Sea'), { TIDES: server.url() }), /TG-SOURCE.*South Sea/);
});

test('the table of an object is read from MariaDB', { skip: skipWithoutMariadb() }, async (t) => {
  await using server = await startMariadb();
  await server.run('CREATE TABLE `Tide table` (id int, at datetime, height decimal(6, 2), place varchar(20), flag boolean)');
  await server.run(`INSERT INTO \`Tide table\` VALUES ${rows}`);
  const entry = `{ server: production, type: mysql, host: h, port: ${server.port}, database: shop, customProperties: [{ property: tidegate.secret, value: TIDES }] }`;

  assert.deepEqual(notPassed(await judgedAt(t, entry, { TIDES: server.url() })), found);
});

test(
  'the objects of a bucket are read by the name of the object, with keys as AWS finds them',
  { skip: skipWithoutS3() ?? false },
  async (t) => {
    await using server = await startS3Server();
    const { bucket } = await server.makeBucket();
    const folder = join(server.folder, bucket, 'sea/Tide table');
    await mkdir(folder, { recursive: true });
    {
      using engine = await openEngine({});
      for (const [file, which] of [
        ['a.parquet', 'id = 1'],
        ['b.parquet', 'id = 2'],
        ['b.csv', 'id = 2'],
      ] as const)
        await engine.run(
          `COPY (SELECT id, "at"::TIMESTAMP AS "at", height, place, flag FROM (VALUES ${rows}) v(id, "at", height, place, flag) WHERE ${which}) TO ${quoteText(join(folder, file))}`,
        );
    }
    const before = { ...process.env };
    t.after(() =>
      Object.assign(process.env, {
        AWS_ACCESS_KEY_ID: before['AWS_ACCESS_KEY_ID'] ?? '',
        AWS_SECRET_ACCESS_KEY: before['AWS_SECRET_ACCESS_KEY'] ?? '',
      }),
    );
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey, AWS_REGION: server.region });
    const entry = `{ server: production, type: s3, location: "s3://${bucket}/sea/{object}/*.parquet", endpointUrl: "${server.endpoint}", format: parquet }`;

    assert.deepEqual(notPassed(await judgedAt(t, entry)), [...found, 'height.physical_type fail 0', 'flag.physical_type inconclusive 0']);
    assert.equal((await judgedAt(t, entry.replace('*.parquet', 'a.parquet'))).rows, 1);
    await rm(join(folder, 'b.csv'));
    assert.equal(notPassed(await judgedAt(t, entry.replace('*.parquet', '')))[0], 2);
  },
);
