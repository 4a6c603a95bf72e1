import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openEngine, predictionsQuery, tryLock } from '@tidegate/runtime';
import { runUntilChange } from '../../../runtime/src/test-kill-at-change.ts';
import { casesOf, makeRelease } from '../serve/test-release.ts';
import { main, startServer, type TestServer } from '../serve/test-server.ts';

test('a log whose compaction is killed before any of its changes loses no row and has none twice', async (t) => {
  const release = await makeRelease({ file: 'binary.onnx', flavor: 'onnx' });
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-compaction-'));
  t.after(async () => {
    await release.remove();
    for (const made of [folder, `${folder}-still`, `${folder}-still-copy`])
      await rm(made, { recursive: true, force: true, maxRetries: 10 });
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
  const still = await asItEnds(server, folder);
  const before = await idsIn(still);
  const inCopy = async (work: (copy: string) => Promise<void>): Promise<void> => {
    const copy = `${still}-copy`;
    await cp(still, copy, { recursive: true });
    await work(copy);
    await rm(copy, { recursive: true });
  };
  let changes = 0;
  await inCopy(async (copy) => void ({ changes } = await compact(copy, null)));
  assert.ok(changes >= 4, `${changes} changes: the Parquet file, its name, its line, the end of the segment`);

  for (let at = 1; at <= changes; at++)
    await inCopy(async (copy) => {
      const ended = await compact(copy, at);
      assert.ok(ended.killed, `at change ${at} of ${changes}: ${ended.output}`);
      assert.deepEqual(await idsIn(copy), before);
      const again = await compact(copy, null);
      assert.equal(again.code, 0, again.output);
      assert.deepEqual(await idsIn(copy), before);
      assert.deepEqual(await readdir(join(copy, 'segments')), []);
    });

  assert.equal(before.length, many.length);
});

/** Ends the server. @returns a copy of its log from before the process that it starts then has compacted anything */
async function asItEnds(server: TestServer, folder: string): Promise<string> {
  let lock = tryLock(join(folder, 'compact.lock'));
  for (; lock === null; lock = tryLock(join(folder, 'compact.lock'))) await delay(20); // the process that it started at its beginning
  using _ = lock;
  await server.stop();
  await cp(folder, `${folder}-still`, { recursive: true, filter: (path) => !path.endsWith('compact.lock') });
  return `${folder}-still`;
}

/** Runs the compaction as a process of its own, killed just before one of its changes. */
function compact(folder: string, killAt: number | null): ReturnType<typeof runUntilChange> {
  return runUntilChange([main, 'compact', '--log', folder, '--keep', String(1 << 30)], { killAt });
}

async function idsIn(folder: string): Promise<readonly string[]> {
  const query = (await predictionsQuery(folder)) ?? assert.fail('there are predictions');
  using engine = await openEngine({ threads: 1 });
  const rows = await engine.rows(`SELECT id FROM (${query}) ORDER BY id`);
  return rows.map(({ id }) => String(id));
}
