import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { layOutCommandLine } from '../publish/lay-out-command-line.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

/**
 * Runs the tests with node's own runner: `short` = units, conformance suites and short scenarios; `long` = everything else.
 * Further arguments choose files whose path contains one of them.
 */
const root = resolve(import.meta.dirname, '../..');
const [suite = 'short', ...wanted] = process.argv.slice(2);

const all = ['packages', 'tools', 'e2e', 'examples', 'bench']
  .flatMap((folder) => filesOf(join(root, folder)))
  .filter((file) => file.endsWith('.slow.test.ts') === (suite === 'long'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
const isUnit = (file: string) => suite === 'short' && !file.startsWith('e2e/');
const folder = join(root, 'build/test', String(process.pid)); // of this call alone: two may run side by side
const files = [...all.filter((file) => !isUnit(file)), ...bundles(all.filter(isUnit))];
const atOnce = (suite === 'short' ? 2 : 1) * availableParallelism(); // short ones wait for processes much of their time
/** They load the machine, or write to what there is one of: the demo's report. */
const isAlone = (file: string) => /^e2e\/demo|under-load/.test(file);
const [alone, beside] = [files.filter(isAlone), files.filter((file) => !isAlone(file))];
// Long suites kill what writes, so they write to the disk.
const temporary = suite === 'short' ? makeTemporaryFolder() : null;
// Several hundred processes in Node start the same sources: the first compiles them, the others read what it compiled.
const env = {
  ...process.env,
  NODE_COMPILE_CACHE: join(root, 'build/compile-cache'),
  ...(temporary !== null && { TMPDIR: temporary }),
  // Long suites start the command line a thousand times.
  ...(suite === 'long' && wanted.length === 0 && { TIDEGATE_TEST_PROGRAM: await layOutCommandLine(root, join(folder, 'command-line')) }),
};
const passed = [run(beside, atOnce), run(alone, 1)].every(Boolean);
for (const made of [folder, temporary]) if (made !== null) rmSync(made, { recursive: true, force: true });
process.exitCode = passed ? 0 : 1;

function run(some: readonly string[], concurrency: number): boolean {
  if (some.length === 0) return true;
  const options = ['--test', '--test-reporter=spec', `--test-concurrency=${concurrency}`];
  return spawnSync(process.execPath, [...options, ...some], { cwd: root, env, stdio: 'inherit' }).status === 0;
}

/**
 * Units in far fewer processes than files: several times quicker. But four for each that runs at a time, so that what is left
 * when one has come to its end is short, whatever each file takes.
 */
function bundles(units: readonly string[]): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const count = Math.min(8 * availableParallelism(), units.length);
  return Array.from({ length: count }, (_, index) => {
    const path = join(folder, `units-${String(index + 1).padStart(3, '0')}.ts`);
    const mine = units.filter((_unit, position) => position % count === index);
    writeFileSync(path, mine.map((file) => `import '../../../${file}';\n`).join(''));
    return path;
  });
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts') && !/node_modules|\/dist|\/build/.test(entry.parentPath))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  } catch {
    return [];
  }
}
