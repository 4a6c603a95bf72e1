import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tidegate } from '../peers/tidegate.ts';
import { treeUsage, type Usage } from '../usage.ts';

/**
 * What it costs to bring so many different outputs from a folder remote into a new clone on a machine with an empty home, where every step is a hit.
 * `node bench/engine/restore/main.ts [--outputs 1000] [--rounds 3] [--installed FOLDER]`
 */
const { values } = parseArgs({
  options: {
    outputs: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    installed: { type: 'string', default: join(tmpdir(), 'tidegate-bench-peers') },
  },
});
const outputs = Number(values.outputs);
const place = mkdtempSync(join(tmpdir(), 'tidegate-restore-'));
mkdirSync(values.installed, { recursive: true });
try {
  const installed = await tidegate.install(values.installed);
  if (installed === null) throw new Error('Cannot build the packages');
  const origin = join(place, 'origin');
  makeOrigin(origin);
  const run = (folder: string): Promise<Usage> =>
    treeUsage([...installed.argv, '--remote', join(place, 'remote')], {
      cwd: folder,
      env: { ...process.env, TIDEGATE_HOME: `${folder}.home` },
    });
  const made = await run(origin);
  console.log(`making and sharing ${outputs} outputs: ${line(made)}`);
  for (let round = 0; round < Number(values.rounds); round++) {
    const clone = join(place, `clone-${round}`);
    execFileSync('git', ['clone', '-q', origin, clone]);
    const restored = await run(clone);
    const placed = readdirSync(join(clone, 'out')).length;
    console.log(`restore of ${placed} outputs: ${line(restored)}`);
    console.log(`nothing to do after that:  ${line(await run(clone))}`);
  }
  console.log(
    `${cpus().length} cores, Node ${process.versions.node}, load average ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  );
} finally {
  rmSync(place, { recursive: true, force: true });
}

function makeOrigin(folder: string): void {
  mkdirSync(join(folder, 'in'), { recursive: true });
  const names = Array.from({ length: outputs }, (_, index) => `f${index}`);
  for (const name of names) writeFileSync(join(folder, 'in', name), `${name}\n`);
  const steps = names.map((name) => `  ${name}: { run: cp in/${name} out/${name}, in: [in/${name}], out: { file: out/${name} } }`);
  writeFileSync(join(folder, 'tidegate.yaml'), ['version: 1', 'project: restore', 'sandbox: false', 'steps:', ...steps, ''].join('\n'));
  writeFileSync(join(folder, '.gitignore'), 'out/\nbuild/\n');
  const git = (...argv: readonly string[]): void => {
    execFileSync('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...argv], { cwd: folder });
  };
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'Bench');
}

function line({ code, wallSeconds, cpuSeconds, peakBytes, output }: Usage): string {
  if (code !== 0) throw new Error(`Cannot measure a run that ended with ${code}: ${output.slice(-2000)}`);
  return `${wallSeconds.toFixed(2)} s wall, ${cpuSeconds.toFixed(2)} s CPU, ${(peakBytes / 1e6).toFixed(0)} MB`;
}
