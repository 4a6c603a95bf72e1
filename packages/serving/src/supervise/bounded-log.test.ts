import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { boundedLog } from './bounded-log.ts';

test('a log stays within twice its bound and keeps the newest lines', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-log-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'server.log');
  const log = boundedLog(path, 1_000);

  for (let line = 0; line < 500; line++) log.line(`line ${line}`);
  log.close();

  const [now, before] = await Promise.all([path, `${path}.1`].map((one) => readFile(one, 'utf8')));
  assert.ok((await stat(path)).size <= 1_000);
  assert.ok((await stat(`${path}.1`)).size <= 1_000);
  assert.match(now ?? '', /line 499\n$/);
  const lines = `${before}${now}`.trim().split('\n');
  assert.deepEqual(
    lines,
    Array.from({ length: lines.length }, (_, index) => `line ${500 - lines.length + index}`),
  );
});

test('a log that is opened again is continued', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-log-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'server.log');

  for (const text of ['one', 'two']) {
    const log = boundedLog(path);
    log.line(text);
    log.close();
  }

  assert.equal(await readFile(path, 'utf8'), 'one\ntwo\n');
});
