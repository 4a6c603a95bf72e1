// What feature look-up and the prediction log cost a request of the example's own release. See README.md.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, release as kernel, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { measure, type Round } from '../serving/load.ts';
import { type RunningServer, startServing } from '../serving/servers.ts';

const { values: given } = parseArgs({
  options: {
    release: { type: 'string' },
    online: { type: 'string' },
    requests: { type: 'string' },
    connections: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
  },
});
const { release, online, requests } = given;
if (release === undefined || online === undefined || requests === undefined)
  throw new Error('Cannot measure: give "--release DIR --online FILE --requests FILE", as README.md says');

const serving = resolve(import.meta.dirname, '../../packages/serving/src/main.ts');
const script = resolve(import.meta.dirname, 'post-each.lua');
const folder = await mkdtemp(join(tmpdir(), 'tidegate-bench-'));
const log = join(folder, 'predictions');
const servers: RunningServer[] = [];
try {
  const options = ['--release', release, '--online', online];
  servers.push(await startServing('features', 0, options));
  servers.push(await startServing('features and log', 0, [...options, '--log', log]));
  const load = {
    path: '/v1/predict',
    bodyFile: requests,
    script,
    connections: Number(given.connections),
    seconds: Number(given.seconds),
    core: 1,
  };
  for (const server of servers) await measure(server, { ...load, seconds: 2 }); // both warm
  const rounds = new Map<RunningServer, Round[]>(servers.map((server) => [server, []]));
  for (let round = 0; round < Number(given.rounds); round++)
    for (const server of servers) rounds.get(server)?.push(await measure(server, load));
  const dropped = await metric(servers[1], 'tidegate_prediction_log_rows_total{outcome="dropped"}');
  const written = await metric(servers[1], 'tidegate_prediction_log_rows_total{outcome="written"}');
  for (const server of servers.splice(0)) await server.stop();
  process.stdout.write(`${report(rounds)}\nThe log has ${written} rows, ${dropped} were dropped.\n${await compaction(written)}\n`);
} finally {
  for (const server of servers) await server.stop();
  await rm(folder, { recursive: true, maxRetries: 10 });
}

async function metric(server: RunningServer | undefined, name: string): Promise<number> {
  const text = await (await fetch(`${server?.address}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length));
}

/** What it costs to write ended segments as Parquet, in a process of its own with a low priority. */
async function compaction(rows: number): Promise<string> {
  const argv = ['-f', '%U %S', process.execPath, serving, 'compact', '--log', log, '--keep', '1000000000'];
  const { stderr } = await promisify(execFile)('/usr/bin/time', argv);
  const seconds = (stderr.trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number)
    .reduce((sum, one) => sum + one, 0);
  const segments = (await readFile(join(log, 'segments.jsonl'), 'utf8')).trim().split('\n');
  const last = segments.map((line): { readonly rows: number } => JSON.parse(line)).at(-1);
  return `Its last segment (${last?.rows} of ${rows} rows) became Parquet in ${seconds.toFixed(2)} s of CPU in a process of its own.`;
}

function report(rounds: ReadonlyMap<RunningServer, readonly Round[]>): string {
  const lines = [...rounds].map(([server, list]) => {
    const of = (name: keyof Round): readonly number[] => list.map((round) => round[name]).toSorted((a, b) => a - b);
    const rps = of('requestsPerSecond');
    const cells = [
      server.name,
      `${median(rps).toFixed(0)} (${rps[0]?.toFixed(0)}-${rps.at(-1)?.toFixed(0)})`,
      median(of('p50Ms')).toFixed(2),
      median(of('p99Ms')).toFixed(2),
      median(of('cpuUsPerRequest')).toFixed(0),
      median(of('residentMb')).toFixed(0),
      String(of('failed').reduce((sum, value) => sum + value, 0)),
    ];
    return `| ${given.connections} | ${cells.join(' | ')} |`;
  });
  const [without = 0, with_ = 0] = [...rounds.values()].map((list) =>
    median(list.map((round) => round.cpuUsPerRequest).toSorted((a, b) => a - b)),
  );
  return [
    `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Linux ${kernel()}, Node ${process.versions.node}; ${given.connections} connections, ${given.rounds} rounds of ${given.seconds} s by turns, server and wrk on one core each.`,
    '',
    '| connections | server with | requests/s (range) | p50 ms | p99 ms | CPU us/request | RSS MB | failed |',
    '|---|---|---|---|---|---|---|---|',
    ...lines,
    '',
    `The log costs ${(with_ - without).toFixed(0)} us of CPU a request.`,
  ].join('\n');
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
