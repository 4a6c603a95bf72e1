import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';

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
// Several hundred processes in Node start the same sources: the first compiles them, the others read what it compiled.
const env = { ...process.env, NODE_COMPILE_CACHE: join(root, 'build/compile-cache') };
const { status } = spawnSync(process.execPath, [...options, ...files], { cwd: root, env, stdio: 'inherit' });
rmSync(folder, { recursive: true, force: true });
process.exitCode = status === 0 ? 0 : 1;

/** Units in a few processes, one a core: several times quicker than a process for each file. What starts programs keeps one of its own. */
function bundles(units: readonly string[]): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const count = Math.min(2 * availableParallelism(), units.length);
  return Array.from({ length: count }, (_, index) => {
    const path = join(folder, `units-${index + 1}.ts`);
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
