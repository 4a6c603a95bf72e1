import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { makeRelease } from '../packages/serving/src/serve/test-release.ts';
import { tidegateProgram } from './rig/play.ts';

const inputs = [
  { name: 'town', type: 'string' },
  { name: 'area', type: 'number' },
] as const;
const row = { town: 'a', area: 1 };

test('a release folder is served with every option of the server, its files named from where the command is called', async (t) => {
  const release = await makeRelease({
    file: 'python/linear.py',
    flavor: 'function',
    signature: { task: 'regression', inputs, classes: [] },
  });
  t.after(release.remove);
  const cwd = dirname(release.folder);
  const python = join(release.folder, 'own-python');
  symlinkSync(spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout.trim(), python);
  const files = ['--release', relative(cwd, release.folder), '--python', relative(cwd, python)];
  const limits = ['--workers', '1', '--row-limit', '1', '--body-limit', '4000', '--queue-limit', '9'];
  const server = spawn(process.execPath, [tidegateProgram, 'serve', ...files, '--port', '0', '--host', '127.0.0.1', ...limits], { cwd });
  const ended = once(server, 'exit');
  t.after(() => server.kill('SIGKILL'));

  const [line] = await Promise.race([
    once(createInterface({ input: server.stdout }), 'line'),
    ended.then(() => assert.fail('it ended before it listened')),
  ]);
  const { port } = JSON.parse(String(line)) as { readonly port: number };
  const address = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${address}/v2/health/ready`)).ok) await delay(20);
  const ask = (rows: readonly object[]): Promise<Response> =>
    fetch(`${address}/v1/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rows }),
    });
  const answers = [await ask([row]), await ask([row, row])];
  server.kill('SIGTERM');

  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 413],
  );
  assert.deepEqual(await ended, [0, null]);
});
