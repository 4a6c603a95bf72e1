import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
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
const concurrency = suite === 'short' ? 2 * availableParallelism() : 1; // tests wait for processes much of their time
const options = ['--test', '--test-reporter=spec', `--test-concurrency=${concurrency}`];
// Long suites kill what writes, so they write to the disk.
const temporary = suite === 'short' ? makeTemporaryFolder() : null;
// Several hundred processes in Node start the same sources: the first compiles them, the others read what it compiled.
const env = { ...process.env, NODE_COMPILE_CACHE: join(root, 'build/compile-cache'), ...(temporary !== null && { TMPDIR: temporary }) };
const { status } = spawnSync(process.execPath, [...options, ...files], { cwd: root, env, stdio: 'inherit' });
for (const made of [folder, temporary]) if (made !== null) rmSync(made, { recursive: true, force: true });
process.exitCode = status === 0 ? 0 : 1;

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
