import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { callCommandLine, type Printed } from '../test-command-line.ts';

/** Calls `tidegate up` in a small project, with a folder of its own for units of systemd. */
function upIn(t: TestContext): { readonly call: (words: readonly string[]) => Promise<Printed>; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-cli-up-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const cwd = join(folder, 'project');
  mkdirSync(cwd);
  writeFileSync(
    join(cwd, 'tidegate.yaml'),
    'version: 1\nproject: copies\nsteps: { copy: { run: cp in.txt out.txt, out: { copy: out.txt } } }\nenvironments: { staging: { target: local } }\n',
  );
  const variables = { TIDEGATE_HOME: join(folder, 'home'), XDG_CONFIG_HOME: join(folder, 'config'), PATH: process.env['PATH'] };
  return { folder, call: (words) => callCommandLine(['up', ...words], { cwd, variables }) };
}

test('--install writes a unit with whole paths and says how to enable it', async (t) => {
  const { call, folder } = upIn(t);

  const { code, stdout } = await call(['--to', 'staging', '--port', '9100', '--clock', 'now.txt', '--install']);
  const again = await call(['--to', 'staging', '--port', '9100', '--clock', 'now.txt', '--install', '--json']);

  const path = join(folder, 'config/systemd/user/tidegate-up-copies.service');
  assert.equal(code, 0);
  assert.ok(stdout.startsWith(`Written: ${path}\n`), stdout);
  assert.match(stdout, /systemctl --user enable --now tidegate-up-copies\.service/);
  assert.equal((JSON.parse(again.stdout) as { written: boolean }).written, false);
  const [node = '', program = '', ...words] = /^ExecStart=(.*)$/m.exec(readFileSync(path, 'utf8'))?.[1]?.split(' ') ?? [];
  assert.ok(isAbsolute(node) && existsSync(node), node);
  assert.ok(isAbsolute(program) && existsSync(program), program);
  assert.deepEqual(words, ['up', '--to', 'staging', '--port', '9100', '--clock', join(folder, 'project/now.txt')]);
});

test('an environment that is not there and a port that is none are refused', async (t) => {
  const { call } = upIn(t);

  const [to, port] = [await call(['--to', 'production']), await call(['--port', '70000'])];

  assert.deepEqual([to.code, port.code], [2, 2]);
  assert.match(to.stderr, /no environment of that name/);
  assert.match(port.stderr, /Cannot serve at port "70000"/);
});
