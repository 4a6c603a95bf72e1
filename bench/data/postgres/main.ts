import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { type PostgresServer, startPostgres } from '../../../packages/core/src/data/sources/fixtures/postgres-server.ts';
import { openSource } from '../../../packages/core/src/data/sources/open-source.ts';
import { systemPlatform } from '../../../packages/core/src/platform/index.ts';
import { openProject } from '../../../packages/core/src/project/open-project.ts';
import type { Project } from '../../../packages/core/src/project/project.ts';
import { type ReadSource, readSource } from '../../../packages/core/src/project/sources/read-source.ts';
import { startWriter, sumsOf } from './with-writer.ts';

/**
 * What it costs to bring a table of PostgreSQL under version control: the first reading, beside the server's own COPY to a file, then a reading after 1 % of the rows were
 * updated, and one after nothing was; and the first reading of a table whose rows lie in no order of their key; and of one that somebody writes to meanwhile. `node bench/data/postgres/main.ts [--rows 500000]`; 10 million rows
 * are the whole form. Every reading is compared with the server.
 */
const { values } = parseArgs({ options: { rows: { type: 'string', default: '500000' } } });
const rows = Number(values.rows);
const place = mkdtempSync(join(tmpdir(), 'tidegate-bench-pg-'));
chmodSync(place, 0o777); // the server writes its file there
const { signal } = new AbortController();
const progress = (): void => {};

try {
  await using server = await startPostgres(['shared_buffers=512MB', 'max_wal_size=4GB', 'max_slot_wal_keep_size=8GB']);
  await makeTable(server);
  const copied = await timed(() => server.run(`COPY t TO '${join(place, 'copy.txt')}'`));
  console.log(
    `| ${rows} rows, ${megabytes(statSync(join(place, 'copy.txt')).size)} as text | wall s | CPU s of our process | times COPY |`,
  );
  console.log('|---|---|---|---|');
  line('COPY to a file, by the server', copied, copied);
  line('reading into Parquet files', await timed(() => readInto(server)), copied);
  await compareWithProject(server, copied);
} finally {
  rmSync(place, { recursive: true, force: true });
}

async function makeTable({ run }: PostgresServer): Promise<void> {
  await run(`CREATE TABLE t AS SELECT i::bigint AS id, timestamptz '2020-01-01' + i * interval '1 second' AS at, (i % 1000)::int AS place, random() * 100 AS temperature,
    (random() * 1000)::numeric(10,3) AS amount, md5(i::text) AS name, i % 7 = 0 AS flag, CASE WHEN i % 3 > 0 THEN 'note ' || i END AS note FROM generate_series(1, ${rows}) AS i`);
  await run('ALTER TABLE t ADD PRIMARY KEY (id)');
  await run('VACUUM ANALYZE t');
}

interface Taken {
  readonly wall: number;
  readonly cpu: number;
}

async function timed(work: () => Promise<unknown>): Promise<Taken> {
  const [begun, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - begun) / 1000, cpu: (user + system) / 1e6 };
}

function line(what: string, { wall, cpu }: Taken, copied: Taken): void {
  console.log(`| ${what} | ${wall.toFixed(2)} | ${cpu.toFixed(2)} | ${(wall / copied.wall).toFixed(2)} |`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

async function readInto(server: PostgresServer): Promise<void> {
  const config = {
    table: 't',
    query: null,
    where: null,
    key: null,
    cursor: null,
    schema: null,
    connectMs: 10_000,
    statementMs: null,
    replication: null,
  };
  const source = await openSource({ kind: 'postgres', url: server.url(), ...config }, { root: place, secret: async () => null });
  const folder = join(place, 'parquet');
  mkdirSync(folder);
  await source.read({ folder, since: null, signal, progress });
  rmSync(folder, { recursive: true });
}

/** The same through a project: rows kept as a table version, changes out of the log. */
async function compareWithProject(server: PostgresServer, copied: Taken): Promise<void> {
  const root = join(place, 'project');
  mkdirSync(root);
  const from = (table: string): string => `postgres: { url: { secret: URL }, table: ${table}, replication: { slot: bench_${table} } }`;
  writeFileSync(
    join(root, 'tidegate.yaml'),
    `version: 1\nproject: bench\ndata: { t: { from: { ${from('t')} } }, mixed: { from: { ${from('mixed')} } }, written: { from: { ${from('written')} } } }\nmodels: {}\nenvironments: {}\n`,
  );
  const variables = { PATH: process.env['PATH'], TIDEGATE_HOME: join(place, 'home'), TIDEGATE_SECRET_URL: server.url() };
  using project = await openProject({ root, platform: { ...systemPlatform, variables }, serving: { argv: ['false'], version: '0' } });
  let before = 0;
  for (const [what, dataset, change] of [
    ['first reading, kept as a table', 't', ''],
    ['after 1 % of the rows were updated', 't', `UPDATE t SET amount = amount + 1, note = 'changed ' || id WHERE id % 100 = 7`],
    ['after nothing was', 't', ''],
    [
      'first reading of rows in no order',
      'mixed',
      'CREATE TABLE mixed AS SELECT * FROM t ORDER BY md5(id::text); ALTER TABLE mixed ADD PRIMARY KEY (id)',
    ],
  ] as const) {
    if (change !== '') await server.run(change);
    let kept = { newBytes: 0, rows: 0, readRows: 0 };
    line(what, await timed(async () => (kept = await readSource(project, dataset, { signal, progress }))), copied);
    before ||= kept.newBytes;
    console.log(
      `| … ${kept.readRows} rows sent, ${megabytes(kept.newBytes)} new, ${((100 * kept.newBytes) / before).toFixed(1)} % of the first | | | |`,
    );
    if (kept.rows !== rows) throw new Error(`The version has ${kept.rows} rows, and the server ${rows}`);
  }
  await besideWriter(project, server, copied);
}

/** A table that somebody writes to all the time: once he has stopped, and what he did last is read, the version has what the server has. */
async function besideWriter(project: Project, server: PostgresServer, copied: Taken): Promise<void> {
  const table = 'written';
  await server.run(`CREATE TABLE ${table} AS SELECT * FROM t ORDER BY id; ALTER TABLE ${table} ADD PRIMARY KEY (id)`);
  const writer = startWriter(server, table, rows);
  const read = async (what: string): Promise<ReadSource> => {
    const before = writer.committed();
    const found: ReadSource[] = [];
    line(what, await timed(async () => found.push(await readSource(project, table, { signal, progress }))), copied);
    const [kept] = found;
    if (kept === undefined) throw new Error('Nothing was read');
    console.log(
      `| … ${kept.readRows} rows sent, ${megabytes(kept.newBytes)} new, ${writer.committed() - before} transactions meanwhile | | | |`,
    );
    return kept;
  };
  await read('first reading beside a writer');
  await read('what he had written until then');
  await writer.stop();
  const last = await read('what he wrote until he stopped');
  const { here, there } = await sumsOf({ server, project, place }, { table, read: last });
  if (here !== there) throw new Error(`The version has ${here}, and the server ${there}`);
  console.log(`\nAfter ${writer.committed()} transactions of the writer both have ${there}.`);
}
