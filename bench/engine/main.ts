import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { treeUsage, type Usage } from './usage.ts';

/**
 * What the engine costs by itself: trivial steps (each copies a small file), from nothing and again with nothing to do.
 * `node bench/engine/main.ts [--steps 100] [--rounds 5]` prints the table that is committed as RESULTS.md.
 */
const option = (name: string, otherwise: number): number =>
  Number(process.argv[process.argv.indexOf(`--${name}`) + 1] ?? Number.NaN) || otherwise;
const steps = process.argv.includes('--steps') ? option('steps', 100) : 100;
const rounds = process.argv.includes('--rounds') ? option('rounds', 5) : 5;
const program = resolve(import.meta.dirname, '../../packages/cli/bin/tidegate.js');

const place = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
try {
  const cold: Usage[] = [];
  const again: Usage[] = [];
  for (let round = 0; round < rounds; round++) {
    const home = join(place, `home-${round}`);
    const project = makeProject(join(place, `project-${round}`));
    cold.push(await tidegate(project, home));
    again.push(await tidegate(project, home));
  }
  const versions = spawnSync('uname', ['-sr'], { encoding: 'utf8' }).stdout.trim();
  console.log(
    `${steps} steps, ${rounds} rounds, Node ${process.versions.node}, ${versions}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})\n`,
  );
  console.log('| measure | wall s | CPU s | CPU ms a step | peak memory MB |\n|---|---|---|---|---|');
  console.log(rowOf(`${steps} steps from nothing`, cold));
  console.log(rowOf(`${steps} steps, nothing to do`, again));
} finally {
  rmSync(place, { recursive: true, force: true });
}

function makeProject(folder: string): string {
  mkdirSync(folder);
  writeFileSync(join(folder, 'input.txt'), 'a small file\n');
  const lines = Array.from(
    { length: steps },
    (_, index) => `  s${index}: { run: cp input.txt out/${index}.txt, in: [input.txt], out: { file: out/${index}.txt } }`,
  );
  writeFileSync(join(folder, 'tidegate.yaml'), ['version: 1', 'project: bench', 'steps:', ...lines, ''].join('\n'));
  for (const argv of [
    ['init', '-q'],
    ['add', '.'],
    ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', 'commit', '-qm', 'Bench'],
  ])
    spawnSync('git', argv, { cwd: folder });
  return folder;
}

async function tidegate(project: string, home: string): Promise<Usage> {
  const usage = await treeUsage(process.execPath, [program, 'run'], { cwd: project, env: { ...process.env, TIDEGATE_HOME: home } });
  if (usage.code !== 0) throw new Error(`tidegate run ended with ${usage.code}:\n${usage.output}`);
  return usage;
}

function rowOf(name: string, all: readonly Usage[]): string {
  const median = (pick: (usage: Usage) => number): number =>
    all.map(pick).toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
  const cpu = median((usage) => usage.cpuSeconds);
  return `| ${name} | ${median((usage) => usage.wallSeconds).toFixed(2)} | ${cpu.toFixed(2)} | ${((cpu / steps) * 1000).toFixed(1)} | ${(median((usage) => usage.peakBytes) / 1e6).toFixed(0)} |`;
}
