import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';

/** Both packages as published, installed in empty folders, do what docs/start.md says on data of another kind: a regression. */
const repository = resolve(import.meta.dirname, '..');
const place = mkdtempSync(join(tmpdir(), 'tg-packages-'));
let archives: readonly string[] = [];
let wheel = '';
let reduced: NodeJS.ProcessEnv | null = null;

before(() => {
  const printed = execFileSync(process.execPath, [join(repository, 'tools/publish/main.ts')], { encoding: 'utf8', env: machine() });
  const paths = printed.trim().split('\n');
  archives = paths.filter((path) => path.endsWith('.tgz'));
  wheel = paths.find((path) => path.endsWith('.whl')) ?? '';
});
after(() => rmSync(place, { recursive: true, force: true }));

test("the npm package, on the machine's own Node, takes a folder with a CSV and a script to a verdict and a report", () => {
  const folder = join(place, 'npm');
  mkdirSync(folder);
  run(folder, 'npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', ...archives]);

  firstTenMinutes(join(folder, 'node_modules/.bin/tidegate'), 'npm');
});

test('the wheel, which brings its own Node, does the same', () => {
  const folder = join(place, 'pip');
  run(place, 'python3', ['-m', 'venv', folder]);
  run(place, join(folder, 'bin/pip'), ['install', '--quiet', wheel]);

  firstTenMinutes(join(folder, 'bin/tidegate'), 'pip');
});

function firstTenMinutes(tidegate: string, name: string): void {
  const project = join(place, `${name}-penguins`);
  cpSync(join(repository, 'examples/penguins'), project, { recursive: true, filter: (path) => !/\/build$|__pycache__/.test(path) });
  run(project, 'git', ['init', '--quiet', '--initial-branch', 'main']);
  const variables = { TIDEGATE_HOME: join(place, `${name}-home`) };
  const start = performance.now();

  run(project, tidegate, ['init', '--yes'], variables);
  const settings = readFileSync(join(project, 'tidegate.yaml'), 'utf8').trim().split('\n');
  const first = spawnSync(tidegate, ['run'], { cwd: project, encoding: 'utf8', env: { ...machine(), ...variables } });

  assert.ok(settings.length <= 5, settings.join('\n'));
  assert.equal(first.status, 4, `a first run without limits is inconclusive:\n${first.stdout}\n${first.stderr}`);
  assert.match(first.stdout, /inconclusive/);
  assert.ok(existsSync(join(project, 'build/report.html')));
  assert.ok(performance.now() - start < 300_000, 'the first ten minutes took more than five');
}

function run(cwd: string, command: string, argv: readonly string[], variables: { readonly [name: string]: string } = {}): void {
  const { status, stdout, stderr, error } = spawnSync(command, argv, { cwd, encoding: 'utf8', env: { ...machine(), ...variables } });
  assert.equal(status, 0, `${command} ${argv.join(' ')}: ${error?.message ?? ''}\n${stdout}\n${stderr}`);
}

/** The environment without the Node that this checkout brings: only what the machine itself has is on PATH. */
function machine(): NodeJS.ProcessEnv {
  if (reduced !== null) return reduced;
  const own = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules') && !folder.includes('node-gyp-bin'));
  const bin = join(place, 'bin');
  mkdirSync(bin);
  for (const program of ['node', 'npm', 'npx', 'python3', 'git', 'sh', 'bash', 'env', 'cp', 'tar', 'uname']) {
    const found = program === 'python3' ? realPython() : own.map((folder) => join(folder, program)).find((path) => existsSync(path));
    if (found !== undefined) symlinkSync(found, join(bin, program));
  }
  const { PATH: _, npm_config_user_agent: __, ...rest } = process.env;
  reduced = { ...rest, PATH: bin };
  return reduced;
}

/** The interpreter itself: what is on PATH may be a script that chooses one. */
function realPython(): string {
  return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
}
