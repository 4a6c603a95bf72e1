import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTestProject } from '../../test-project.ts';
import { dayMs } from './retention.ts';
import { collect, copies, runsOf, statuses, within } from './test-garbage.ts';

test('each evicted result leaves a tombstone that says when and why', async (t) => {
  const at = await runsOf(t, 2);

  const { results } = await collect(at, { keep: { runs: 1, days: 0 } });

  const tombstones = await within(at, (_, { state }) => state.prepare('SELECT key, step, why FROM tombstone ORDER BY step').all());
  assert.deepEqual(
    tombstones.map((row) => [row['key'], row['step'], row['why']]),
    results.toSorted((a, b) => a.step.localeCompare(b.step)).map(({ key, step }) => [key, step, 'no run under retention uses it']),
  );
});

test('what was stored within the grace period stays, whatever refers to it', async (t) => {
  const at = await runsOf(t, 2);

  const { objects, results } = await collect(at, { keep: { runs: 1, days: 0 }, graceMs: 50 * dayMs });

  assert.deepEqual(results, []);
  assert.ok(objects.every(({ action }) => action === 'keep'));
});

test('a project whose repository cannot be read keeps all its results, and is named', async (t) => {
  const at = await runsOf(t, 2);
  at.write({ '.git/HEAD': 'broken' });

  const { results, unread } = await collect(at, { keep: { runs: 1, days: 0 } });

  assert.deepEqual([results, unread], [[], ['copies']]);
});

test('what is pinned by name stays with all that it leads to', async (t) => {
  const at = await runsOf(t, 2);
  const { record } = await at.run();
  await within(at, (_, { state }) => {
    state.prepare("INSERT INTO pin (name, project, digests, run, made_at) VALUES (?, ?, '', ?, '')").run(record.id, 'copies', record.id);
  });
  at.write({ 'a.txt': 'version 9' });
  await at.run();

  const { results } = await collect(at, { keep: { runs: 1, days: 0 } });

  assert.equal(results.length, 2);
  at.write({ 'a.txt': 'version 1' });
  assert.deepEqual(await statuses(at), ['hit', 'hit']);
});

test('a store that is to be smaller loses what was used longest ago, but not what is newest', async (t) => {
  const at = makeTestProject(t, copies);
  for (const index of [0, 2, 3]) {
    at.write({ 'a.txt': `${index}`.repeat(100_000) });
    await at.run();
  }

  const { objects } = await collect(at, { keepBytes: 250_000 });

  const left = objects.filter(({ action }) => action === 'keep').reduce((sum, { bytes }) => sum + bytes, 0);
  assert.ok(left < 250_000 && left > 150_000, `${left} bytes`);
  for (const [index, expected] of [
    [3, 'hit'],
    [2, 'hit'],
    [0, 'done'],
  ] as const) {
    at.write({ 'a.txt': `${index}`.repeat(100_000) });
    assert.deepEqual(await statuses(at), [expected, expected], `version ${index}`);
  }
  const smallest = await collect(at, { keepBytes: 1 });
  assert.ok(smallest.objects.some(({ action }) => action === 'keep'));
  assert.deepEqual(await statuses(at), ['hit', 'hit']);
  assert.equal(readFileSync(join(at.root, 'two.txt'), 'utf8'), '0'.repeat(100_000));
});

test('a dry run says of every object whether it goes, how large it is and why, and changes nothing', async (t) => {
  const at = await runsOf(t, 2);

  const dry = await collect(at, { keep: { runs: 1, days: 0 }, dryRun: true });
  const again = await collect(at, { keep: { runs: 1, days: 0 }, dryRun: true });
  const real = await collect(at, { keep: { runs: 1, days: 0 } });

  assert.deepEqual(again, dry);
  assert.deepEqual({ ...real, dryRun: true }, dry);
  for (const { why, bytes } of dry.objects) assert.ok(why !== '' && bytes >= 0);
  assert.ok(dry.objects.some(({ why }) => why === 'newest result of steps.first in copies'));
  assert.ok(dry.objects.some(({ why }) => why === 'only results of steps.second in copies referred to it, which go too'));
});
