import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openEngine, predictionsQuery } from '@tidegate/runtime';
import { casesOf, makeRelease } from '../serve/test-release.ts';
import { main, startServer } from '../serve/test-server.ts';

const kills = 12;

test(`a log whose compaction is killed at any of ${kills} moments loses no row and has none twice`, async (t) => {
  const release = await makeRelease({ file: 'binary.onnx', flavor: 'onnx' });
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-compaction-'));
  t.after(async () => {
    await release.remove();
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  const { rows } = await casesOf('binary');
  const many = Array.from({ length: 5_000 }, (_, index) => rows[index % rows.length]);
  const server = await startServer(['--release', release.folder, '--log', folder]);
  t.after(server.kill);
  await fetch(`${server.address}/v1/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rows: many }),
  });
  await server.stop();
  const before = await idsIn(folder);
  const startMs = (await compact(join(folder, 'none'), null)) ?? assert.fail('nothing killed it'); // how long a start takes, without any work
  let killed = 0;

  for (let moment = 0; moment < kills; moment++) {
    if ((await compact(folder, (2.5 * startMs * moment) / kills)) === null) killed++;
    assert.deepEqual(await idsIn(folder), before);
  }
  await compact(folder, null);

  assert.equal(before.length, many.length);
  assert.deepEqual(await idsIn(folder), before);
  assert.deepEqual(await readdir(join(folder, 'segments')), []);
  assert.ok(killed >= 3, `only ${killed} of ${kills} were killed before they had ended`);
});

/** Runs the compaction as a process of its own. @returns how long it took; null when it was killed after `afterMs` */
async function compact(folder: string, afterMs: number | null): Promise<number | null> {
  const began = performance.now();
  const child = spawn(process.execPath, [main, 'compact', '--log', folder, '--keep', String(1 << 30)], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  if (afterMs !== null) {
    await Promise.race([ended, delay(afterMs)]);
    child.kill('SIGKILL');
  }
  await ended;
  return child.signalCode === null ? performance.now() - began : null;
}

async function idsIn(folder: string): Promise<readonly string[]> {
  const query = (await predictionsQuery(folder)) ?? assert.fail('there are predictions');
  using engine = await openEngine({ threads: 1 });
  const rows = await engine.rows(`SELECT id FROM (${query}) ORDER BY id`);
  return rows.map(({ id }) => String(id));
}
