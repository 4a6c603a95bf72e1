// What a refresh of the example's features costs, hour by hour, in a process that lives long. See README.md.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { openFeatureRefresh, openProject, type RefreshedFeatures, systemPlatform } from '@tidegate/core';
import { type Engine, openEngine, quoteText } from '@tidegate/runtime';

const { values: given } = parseArgs({
  options: { hours: { type: 'string', default: '24' }, from: { type: 'string', default: '2013-10-29T04:00:00Z' } },
});
const repository = resolve(import.meta.dirname, '../..');
const program = join(repository, 'packages/cli/bin/tidegate.js');
const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'tidegate-bench-'));
const root = join(folder, 'flight-delays');
const environments = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate', 'virtual-environments');
const variables = { TIDEGATE_VIRTUAL_ENVIRONMENTS: environments, ...process.env, TIDEGATE_HOME: join(folder, 'home') };

/** Columns that are null until a flight has left, and until it has arrived. */
const departure = new Set(['departed_at', 'dep_time', 'dep_delay']);
const arrival = new Set(['arrived_at', 'arr_time', 'arr_delay', 'air_time']);

try {
  await makeProject();
  await measure();
} finally {
  await rm(folder, { recursive: true, maxRetries: 10 });
}

/** The example with the data of January to October, of which a run has read January to September. */
async function makeProject(): Promise<void> {
  const call = (argv: readonly string[]): Promise<unknown> => run(argv[0] ?? '', argv.slice(1), { cwd: root, env: variables });
  const filter = (path: string): boolean => !/\/(data|build|models|reports|__pycache__|\.pytest_cache)$/.test(path);
  await cp(join(repository, 'examples/flight-delays'), root, { recursive: true, filter });
  await call(['git', 'init', '--quiet']);
  await call(['git', 'add', '.']);
  await call(['git', '-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', 'commit', '--quiet', '--message', 'Begin']);
  await call([process.execPath, program, 'exec', '--', 'python', 'prepare_data.py', '--months', '2013-01', '2013-10']);
  for (const name of ['flights', 'weather']) await rename(monthOf(name), join(folder, `${name}.parquet`));
  await call([process.execPath, program, 'run', 'data.flights', 'data.weather']);
}

function monthOf(dataset: string): string {
  return join(root, 'data', dataset, '2013-10.parquet');
}

interface Round {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly refreshed: RefreshedFeatures;
}

async function measure(): Promise<void> {
  using source = await openEngine({ threads: 1 });
  for (const name of ['flights', 'weather'])
    await source.run(`CREATE TABLE ${name} AS SELECT * FROM read_parquet(${quoteText(join(folder, `${name}.parquet`))})`);
  const project = await openProject({
    root,
    platform: { ...systemPlatform, variables },
    serving: { argv: [], version: '0' },
  });
  await using refresh = openFeatureRefresh(project);
  const { signal } = new AbortController();
  const once = async (nowMs: number, full = false): Promise<Round> => {
    const [cpu, start] = [process.cpuUsage(), performance.now()];
    const refreshed = await refresh.refresh({ nowMs, full, signal });
    const { user, system } = process.cpuUsage(cpu);
    return { wallMs: performance.now() - start, cpuMs: (user + system) / 1000, refreshed };
  };
  const begin = Date.parse(given.from);
  await arrive(source, begin);
  const first = await once(begin);
  const rounds: Round[] = [];
  for (let hour = 1; hour <= Number(given.hours); hour++) {
    await arrive(source, begin + hour * 3_600_000);
    rounds.push(await once(begin + hour * 3_600_000));
  }
  const end = begin + Number(given.hours) * 3_600_000;
  const idle = await once(end);
  const full = await once(end, true);
  project[Symbol.dispose]();
  const differing = full.refreshed.views.reduce((sum, { differing: count }) => sum + (count ?? 0), 0);
  const busy = rounds.filter(({ refreshed }) => refreshed.views.some(({ keys }) => keys > 0));
  process.stdout.write(`| refresh | wall ms | CPU ms | rows arrived | entities written |\n|---|---|---|---|---|\n`);
  process.stdout.write(line('the first, of everything', [first]));
  process.stdout.write(line(`each of ${busy.length} hours (median)`, busy));
  process.stdout.write(line('the slowest of them', [busy.toSorted((a, b) => b.cpuMs - a.cpuMs)[0] ?? first]));
  process.stdout.write(line('nothing new', [idle]));
  process.stdout.write(line('`--full`: what arrived, then everything and the comparison', [full]));
  process.stdout.write(`\nComputing everything gave something else for ${differing} entities.\n`);
}

/** The files of October as they were at a moment: schedules a day ahead, what has happened filled in. */
async function arrive(source: Engine, ms: number): Promise<void> {
  const at = `make_timestamp(${ms * 1000})`;
  const columns = (await source.describe('SELECT * FROM flights')).map(({ name }) => {
    const since = departure.has(name) ? 'departed_at' : arrival.has(name) ? 'arrived_at' : null;
    return since === null ? name : `CASE WHEN ${since} <= ${at} THEN ${name} END AS ${name}`;
  });
  const replace = async (dataset: string, select: string): Promise<void> => {
    const path = join(folder, 'next.parquet');
    await source.run(`COPY (${select}) TO ${quoteText(path)} (FORMAT parquet)`);
    await rename(path, monthOf(dataset));
  };
  await replace('flights', `SELECT ${columns.join(', ')} FROM flights WHERE sched_dep <= ${at} + INTERVAL 24 HOUR`);
  await replace('weather', `SELECT * FROM weather WHERE published_at <= ${at}`);
}

function line(name: string, rounds: readonly Round[]): string {
  const median = (of: (round: Round) => number): string => {
    const sorted = rounds.map(of).toSorted((a, b) => a - b);
    return (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(0);
  };
  const rows = median(({ refreshed }) => refreshed.datasets.reduce((sum, { arrived }) => sum + arrived, 0));
  const entities = median(({ refreshed }) => refreshed.views.reduce((sum, { keys }) => sum + keys, 0));
  return `| ${name} | ${median(({ wallMs }) => wallMs)} | ${median(({ cpuMs }) => cpuMs)} | ${rows} | ${entities} |\n`;
}
