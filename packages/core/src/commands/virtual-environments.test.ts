import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Platform, systemPlatform } from '../platform/index.ts';
import { openVirtualEnvironments } from './virtual-environments.ts';

const building = { signal: new AbortController().signal, progress: (): void => undefined };

interface Rig {
  readonly folder: string;
  readonly environments: string;
  readonly platform: Platform;
  readonly lock: (text: string) => string;
  /** Lines that the scripted installer noted. */
  readonly notes: () => readonly string[];
}

/** A folder with an installer `uv` on PATH that does what the shell script says; `$PLACE` is the environment's folder. */
function rig(t: TestContext, { venv = '', install = '' } = {}): Rig {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-environments-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'bin'));
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  const script = `#!/bin/sh
note() { echo "$1" >> '${folder}/notes'; }
if [ "$1" = venv ]; then
  for PLACE; do :; done
  note venv
  ${venv}
  exec '${python}' -m venv --without-pip "$PLACE"
fi
note install
${install}
`;
  writeFileSync(join(folder, 'bin', 'uv'), script, { mode: 0o755 });
  const variables = { ...systemPlatform.variables, PATH: [join(folder, 'bin'), systemPlatform.variables['PATH'] ?? ''].join(delimiter) };
  return {
    folder,
    environments: join(folder, 'environments'),
    platform: { ...systemPlatform, variables },
    lock: (text) => {
      writeFileSync(join(folder, 'requirements.txt'), text);
      return join(folder, 'requirements.txt');
    },
    notes: () => (existsSync(join(folder, 'notes')) ? readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n') : []),
  };
}

test('an environment is built once for a lock, and once more for another', async (t) => {
  const { environments, platform, lock, notes } = rig(t);
  const made = openVirtualEnvironments({ folder: environments, platform });
  const requirements = lock('# one\n');

  const first = await made.ensure({ requirements, interpreter: 'python3' }, building);
  const again = await made.ensure({ requirements, interpreter: 'python3' }, building);
  const other = await made.ensure({ requirements: lock('# two\n'), interpreter: 'python3' }, building);

  assert.equal(again, first);
  assert.notEqual(other, first);
  assert.deepEqual(notes(), ['venv', 'install', 'venv', 'install']);
  assert.match(execFileSync(first, ['-c', 'import sys; print(sys.prefix)'], { encoding: 'utf8' }), /environments/);
});

test('callers that want the same environment at once wait for one that builds it', async (t) => {
  const { environments, platform, lock, notes } = rig(t, { install: 'sleep 0.3' });
  const choice = { requirements: lock('# same\n'), interpreter: 'python3' };
  const told: string[] = [];

  const pythons = await Promise.all(
    [1, 2, 3].map(() =>
      openVirtualEnvironments({ folder: environments, platform }).ensure(choice, {
        ...building,
        progress: (doing) => void told.push(doing),
      }),
    ),
  );

  assert.equal(new Set(pythons).size, 1);
  assert.deepEqual(notes(), ['venv', 'install']);
  assert.equal(told.filter((doing) => doing === 'waiting for another process that builds it').length, 2);
});

test('a failed installation leaves nothing, says what the installer said, and is tried again', async (t) => {
  const { folder, environments, platform, lock } = rig(t, {
    install: `[ -e "$(dirname "$0")/../fixed" ] || { echo "error: because of 7"; exit 3; }`,
  });
  const made = openVirtualEnvironments({ folder: environments, platform });
  const choice = { requirements: lock(''), interpreter: 'python3' };

  await assert.rejects(made.ensure(choice, building), /TG-COMMANDS-VIRTUAL-ENVIRONMENT-FAILED.*ended with 3\nerror: because of 7/s);
  assert.deepEqual(
    readdirSync(environments).filter((name) => /^[0-9a-f]{32}(-|\.json$)/.test(name)),
    [],
  );

  writeFileSync(join(folder, 'fixed'), '');
  assert.ok(existsSync(await made.ensure(choice, building)));
});

test('an environment whose record is damaged or whose interpreter is gone is built anew', async (t) => {
  const { environments, platform, lock, notes } = rig(t);
  const made = openVirtualEnvironments({ folder: environments, platform });
  const choice = { requirements: lock(''), interpreter: 'python3' };
  const first = await made.ensure(choice, building);
  const record = readdirSync(environments).find((name) => /^[0-9a-f]{32}\.json$/.test(name)) ?? '';

  for (const damaged of ['', '{"format":"tidegate.virtual-environment/1","fol', '{}']) {
    writeFileSync(join(environments, record), damaged);
    assert.ok(existsSync(await made.ensure(choice, building)), damaged);
  }
  rmSync(await made.ensure(choice, building));
  assert.ok(existsSync(await made.ensure(choice, building)));

  assert.equal(notes().length, 10);
  assert.equal(existsSync(first), false, 'earlier attempts are cleared away');
});

test('ending the work ends the installer', async (t) => {
  const { folder, environments, platform, lock } = rig(t, { install: `echo $$ > "$(dirname "$0")/../pid"; sleep 60` });
  const abort = new AbortController();
  const choice = { requirements: lock(''), interpreter: 'python3' };

  const built = openVirtualEnvironments({ folder: environments, platform }).ensure(choice, {
    signal: abort.signal,
    progress: () => undefined,
  });
  await fileWritten(join(folder, 'pid'));
  abort.abort();

  await assert.rejects(built, { name: 'AbortError' });
  assert.throws(() => process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 0), { code: 'ESRCH' });
});

test('after kill -9 of a builder the next one takes over at once, whatever its installer still writes', async (t) => {
  const { folder, environments, platform, lock } = rig(t, {
    // the first installer outlives its parent and writes into its environment for as long as it can
    install: `if [ ! -e "$(dirname "$0")/../first" ]; then
      touch "$(dirname "$0")/../first"
      for at in $(seq 50); do touch "$(dirname "$5")/leftover" 2>/dev/null; sleep 0.1; done
    fi`,
  });
  const requirements = lock('');
  const builder = startBuilder({ environments, requirements, path: platform.variables['PATH'] ?? '' });
  await fileWritten(join(folder, 'first'));
  builder.kill('SIGKILL');
  await once(builder, 'exit');

  const python = await openVirtualEnvironments({ folder: environments, platform }).ensure(
    { requirements, interpreter: 'python3' },
    building,
  );

  assert.ok(existsSync(python));
  assert.equal(existsSync(join(python, '..', 'leftover')), false);
});

/** Another process that builds. */
function startBuilder(choice: { readonly environments: string; readonly requirements: string; readonly path: string }): ChildProcess {
  const program = `
    import { openVirtualEnvironments } from ${JSON.stringify(join(import.meta.dirname, 'virtual-environments.ts'))};
    import { systemPlatform } from ${JSON.stringify(join(import.meta.dirname, '../platform/index.ts'))};
    const made = openVirtualEnvironments({ folder: ${JSON.stringify(choice.environments)}, platform: systemPlatform });
    await made.ensure({ requirements: ${JSON.stringify(choice.requirements)}, interpreter: 'python3' }, { signal: new AbortController().signal, progress: () => {} });
  `;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, PATH: choice.path },
    stdio: 'ignore',
  });
}

async function fileWritten(path: string): Promise<void> {
  for (let waited = 0; !existsSync(path) || readFileSync(path, 'utf8') === ''; waited += 1) {
    if (existsSync(path) && path.endsWith('first')) return;
    assert.ok(waited < 400, `${path} is not written`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('requirements that are not locked are refused before anything is built', async (t) => {
  const { environments, platform, lock, notes } = rig(t);

  await assert.rejects(
    openVirtualEnvironments({ folder: environments, platform }).ensure(
      { requirements: lock('six==1.17.0\n'), interpreter: 'python3' },
      building,
    ),
    /TG-COMMANDS-NOT-LOCKED: Cannot build the virtual environment: "six==1.17.0" has no hash/,
  );
  assert.deepEqual(notes(), []);
});

test('without a lock the interpreter is used as it is, and what is installed in it is part of its identity', async (t) => {
  const { environments, platform, lock } = rig(t);
  const made = openVirtualEnvironments({ folder: environments, platform });

  const python = await made.ensure({ requirements: null, interpreter: 'python3' }, building);
  const identity = await made.identity({ requirements: null, interpreter: 'python3' });
  const locked = await made.identity({ requirements: lock(''), interpreter: 'python3' });

  assert.equal(
    execFileSync(python, ['-c', 'import platform; print(platform.python_version())'], { encoding: 'utf8' }).trim(),
    identity['python'],
  );
  assert.deepEqual(Object.keys(identity).toSorted(), ['distributions', 'implementation', 'machine', 'python']);
  assert.deepEqual(Object.keys(locked).toSorted(), ['implementation', 'machine', 'python']);
});
