import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine, quoteText } from '@tidegate/runtime';
import { treeUsage, type Usage } from '../engine/usage.ts';
import { makeExample } from '../serving/example.ts';

/**
 * What scoring a file costs: flights of the example, repeated, with their features as of an hour before departure.
 * `node bench/score/main.ts [--rows 1000000] [--example FOLDER]` prints the table that is committed as RESULTS.md; FOLDER is what an
 * earlier call of `makeExample` has left.
 */
const { values: given } = parseArgs({ options: { rows: { type: 'string', default: '1000000' }, example: { type: 'string' } } });
const rows = Number(given.rows);
const program = resolve(import.meta.dirname, '../../packages/cli/bin/tidegate.js');

const place = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
try {
  const example = given.example ?? place;
  if (given.example === undefined) await makeExample(example);
  const project = join(example, 'flight-delays');
  await writeRows(join(project, 'data/flights/*.parquet'), place);
  const versions = spawnSync('uname', ['-sr'], { encoding: 'utf8' }).stdout.trim();
  console.log(`${rows} rows, Node ${process.versions.node}, ${versions}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})\n`);
  console.log('| what | wall s | CPU s | rows a second of CPU | peak MB of a process |\n|---|---|---|---|---|');
  for (const [what, input, output] of [
    ['Parquet to Parquet', 'rows.parquet', 'scored.parquet'],
    ['the same again: nothing to do', 'rows.parquet', 'scored.parquet'],
    ['CSV to CSV', 'rows.csv', 'scored.csv'],
  ] as const)
    console.log(
      rowOf(what, await score({ project, home: join(example, 'home') }, [join(place, input), '--output', join(place, output), '--pinned'])),
    );
} finally {
  rmSync(place, { recursive: true, force: true });
}

async function writeRows(flights: string, folder: string): Promise<void> {
  using engine = await openEngine({ threads: 1 });
  const row = `sched_dep - INTERVAL 60 MINUTE AS as_of, origin, tailnum, carrier, dest, hour, isodow(make_date(year, month, day)) AS weekday, month, distance`;
  const query = `SELECT ${row} FROM read_parquet(${quoteText(flights)}) CROSS JOIN range(${Math.ceil(rows / 100_000)}) LIMIT ${rows}`;
  for (const name of ['rows.parquet', 'rows.csv']) await engine.run(`COPY (${query}) TO ${quoteText(join(folder, name))}`);
}

interface Place {
  readonly project: string;
  readonly home: string;
}

async function score({ project, home }: Place, argv: readonly string[]): Promise<Usage> {
  const environments = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate', 'virtual-environments');
  const env = { TIDEGATE_VIRTUAL_ENVIRONMENTS: environments, ...process.env, TIDEGATE_HOME: home };
  const usage = await treeUsage([process.execPath, program, 'score', ...argv], { cwd: project, env });
  if (usage.code !== 0) throw new Error(`tidegate score ended with ${usage.code}:\n${usage.output}`);
  return usage;
}

function rowOf(what: string, { wallSeconds, cpuSeconds, peakBytes }: Usage): string {
  const rate = Math.round(rows / cpuSeconds).toLocaleString('en-US');
  return `| ${what} | ${wallSeconds.toFixed(1)} | ${cpuSeconds.toFixed(1)} | ${rate} | ${(peakBytes / 1e6).toFixed(0)} |`;
}
