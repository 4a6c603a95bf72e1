import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemPlatform } from '../platform/index.ts';
import { askInterpreter, type Interpreter } from './interpreter.ts';

interface Rig {
  readonly folder: string;
  readonly ask: (name: string, root?: string) => Promise<Interpreter>;
  /** How often the interpreter was started. */
  readonly starts: () => number;
}

/** A folder on PATH whose programs note that they are started and then are the machine's own Python. */
function rig(t: TestContext, folderName = 'bin'): Rig {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-interpreter-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const bin = join(folder, folderName);
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  mkdirSync(bin);
  writeFileSync(join(bin, 'python3'), `#!/bin/sh\necho started >> '${folder}/starts'\nexec '${python}' "$@"\n`);
  chmodSync(join(bin, 'python3'), 0o755);
  const variables = { ...systemPlatform.variables, PATH: [bin, '/usr/bin', '/bin'].join(delimiter), HOME: folder };
  return {
    folder,
    ask: (name, root = folder) =>
      askInterpreter(name, { platform: { ...systemPlatform, variables }, memory: join(folder, 'memory'), root }),
    starts: () => (existsSync(join(folder, 'starts')) ? readFileSync(join(folder, 'starts'), 'utf8').split('\n').length - 1 : 0),
  };
}

test('askInterpreter tells version, implementation and the real executable behind a wrapper', async (t) => {
  const { ask } = rig(t);

  const { executable, version, implementation, distributions } = await ask('python3');

  const [own, ownVersion] = execFileSync(
    executable,
    ['-c', 'import sys, platform; print(sys.executable); print(platform.python_version())'],
    { encoding: 'utf8' },
  ).split('\n');
  assert.deepEqual([executable, version], [own, ownVersion]);
  assert.equal(implementation, 'CPython');
  assert.match(distributions, /^sha256:/);
});

test('askInterpreter starts the interpreter once, and again when the program has changed', async (t) => {
  const { ask, starts, folder } = rig(t);

  const first = await ask('python3');
  assert.deepEqual(await ask('python3'), first);
  assert.equal(starts(), 1);

  writeFileSync(join(folder, 'bin', 'python3'), `${readFileSync(join(folder, 'bin', 'python3'), 'utf8')}# changed\n`);
  await ask('python3');
  assert.equal(starts(), 2);
});

test('askInterpreter starts the interpreter once for callers that ask at the same time', async (t) => {
  const { ask, starts } = rig(t);

  const answers = await Promise.all([1, 2, 3, 4].map(() => ask('python3')));

  assert.equal(new Set(answers.map(({ executable }) => executable)).size, 1);
  assert.equal(starts(), 1);
});

test('askInterpreter asks again when a package is installed', async (t) => {
  const { folder, ask } = rig(t);
  const environment = join(folder, 'environment');
  execFileSync('python3', ['-m', 'venv', '--without-pip', environment]);
  const python = join(environment, 'bin', 'python3');
  const [lib = ''] = readdirSync(join(environment, 'lib'));
  const before = await ask(python);

  const info = join(environment, 'lib', lib, 'site-packages', 'tiny-1.0.dist-info');
  mkdirSync(info);
  writeFileSync(join(info, 'METADATA'), 'Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n');

  assert.equal(before.executable, python);
  assert.notEqual((await ask(python)).distributions, before.distributions);
});

test('askInterpreter asks again when a version manager would choose another interpreter', async (t) => {
  const { folder, ask, starts } = rig(t, 'shims');
  const project = join(folder, 'projects', 'one');
  mkdirSync(project, { recursive: true });

  await ask('python3', project);
  await ask('python3', project);
  assert.equal(starts(), 1);
  for (const [index, file] of ['version', 'projects/.python-version', 'projects/one/.tool-versions'].entries()) {
    writeFileSync(join(folder, file), '3.12.1\n');
    await ask('python3', project);
    assert.equal(starts(), index + 2, file);
  }
  await ask('python3', folder);
  assert.equal(starts(), 5);
});

test('askInterpreter asks again when its memory is damaged', async (t) => {
  const { folder, ask, starts } = rig(t);
  const first = await ask('python3');
  for (const damaged of ['', '{', 'null', '{"interpreter":{},"stamps":{}}', '[]']) {
    for (const name of readdirSync(join(folder, 'memory'))) writeFileSync(join(folder, 'memory', name), damaged);
    assert.deepEqual(await ask('python3'), first);
  }
  assert.equal(starts(), 6);
});

test('askInterpreter says what is wrong with a name that is no Python', async (t) => {
  const { folder, ask } = rig(t);
  writeFileSync(join(folder, 'bin', 'silent'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  writeFileSync(join(folder, 'bin', 'broken'), '#!/bin/sh\necho oh no >&2\nexit 3\n', { mode: 0o755 });
  writeFileSync(join(folder, 'bin', 'plain'), '', { mode: 0o644 });
  symlinkSync('/nowhere', join(folder, 'bin', 'dangling'));

  await assert.rejects(ask('python4'), /TG-COMMANDS-NO-INTERPRETER: Cannot find the Python interpreter "python4": it is not on PATH/);
  await assert.rejects(ask('plain'), /it is not on PATH/);
  await assert.rejects(ask('dangling'), /it is not on PATH/);
  await assert.rejects(ask(join(folder, 'none')), /there is no such file/);
  await assert.rejects(ask('silent'), /TG-COMMANDS-NO-INTERPRETER: Cannot use ".*silent" as the Python interpreter: it is no Python 3/);
  await assert.rejects(ask('broken'), /as the Python interpreter: oh no/);
});
