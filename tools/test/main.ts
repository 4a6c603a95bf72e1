import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
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
// Units share one process, which is several times quicker; what starts programs gets a process for each file.
const [units, scenarios] =
  suite === 'long' ? [[], all] : [all.filter((file) => !file.startsWith('e2e/')), all.filter((file) => file.startsWith('e2e/'))];

const failedUnits = units.length > 0 && run(['--test-isolation=none'], units);
const failedScenarios = scenarios.length > 0 && run([`--test-concurrency=${suite === 'long' ? 1 : 2}`], scenarios);
process.exitCode = failedUnits || failedScenarios ? 1 : 0;

function run(options: readonly string[], files: readonly string[]): boolean {
  const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...options, ...files], { cwd: root, stdio: 'inherit' });
  return status !== 0;
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
