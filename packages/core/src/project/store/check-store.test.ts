import assert from 'node:assert/strict';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { hexOf } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { checkStore } from './check-store.ts';
import { scrub } from './scrub.ts';
import { large, madeTwoObjects } from './collect/test-two-objects.ts';

/** Gives both objects other bytes of the same length. */
function damageBoth({ home }: Project): void {
  const hex = hexOf(digestOfBytes(large));
  const file = join(home.objects, hex.slice(0, 2), hex.slice(2));
  chmodSync(file, 0o644);
  writeFileSync(file, large.replace('large', 'lorge'));
  using database = new DatabaseSync(join(home.objects, 'small.sqlite'));
  database
    .prepare("UPDATE object SET bytes = CAST('smoll' AS BLOB) WHERE digest = ?")
    .run(Buffer.from(hexOf(digestOfBytes('small')), 'hex'));
}

test('nothing is wrong with a store that runs have filled, not even while garbage lies about', async (t) => {
  const at = await madeTwoObjects(t);
  using project = await at.open();
  await project.objects.putBytes('nothing refers to this');

  const { problems, ...counts } = await checkStore(project);

  assert.deepEqual(problems, []);
  assert.deepEqual(counts, { objects: 5, bytes: counts.bytes, results: 2, runs: 1 });
});

test('damaged objects are named with the results that lack them, and are whole after the next run (hostile 2)', async (t) => {
  const at = await madeTwoObjects(t);
  {
    using project = await at.open();
    damageBoth(project);

    const { problems } = await checkStore(project);

    assert.deepEqual(
      new Set(problems.map(({ kind, about }) => `${kind} ${about.split(' of ')[1] ?? about}`)),
      new Set([
        `object ${digestOfBytes('small')}`,
        `object ${digestOfBytes(large)}`,
        'result steps.large in copies',
        'result steps.small in copies',
      ]),
    );
    assert.ok(problems.every(({ hint }) => hint !== null));
  }

  const { record } = await at.run();

  using project = await at.open();
  assert.deepEqual(
    record.steps.map(({ status }) => status),
    ['done', 'done'],
  );
  assert.deepEqual((await checkStore(project)).problems, []);
});

test('a repair takes what is damaged from the remote', async (t) => {
  const at = await madeTwoObjects(t);
  using project = await at.open({ remote: true });
  for (const content of ['small', large])
    await project.remote?.putObject(digestOfBytes(content), await project.store.pathOf(digestOfBytes(content)));
  damageBoth(project);

  const { problems } = await checkStore(project, { repair: true });

  assert.ok(problems.length > 0 && problems.every(({ hint }) => hint === null), JSON.stringify(problems));
  assert.deepEqual((await checkStore(project)).problems, []);
  assert.equal(Buffer.from(await project.objects.readBytes(digestOfBytes(large))).toString(), large);
});

test('a scrub reads what was read longest ago first, goes on where it stopped, and sets aside what is damaged', async (t) => {
  const at = await madeTwoObjects(t);
  using project = await at.open();
  const signal = new AbortController().signal;

  const first = await scrub(project, { forMs: 0, signal });
  const second = await scrub(project, { signal });
  damageBoth(project);
  const third = await scrub(project, { signal });

  assert.deepEqual([first.objects, first.left, first.oldestRead], [0, 4, null]);
  assert.deepEqual([second.objects, second.left, second.problems], [4, 0, []]);
  assert.ok(second.oldestRead !== null);
  assert.deepEqual(third.problems.map(({ about }) => about).toSorted(), [digestOfBytes('small'), digestOfBytes(large)].toSorted());
  const hex = hexOf(digestOfBytes(large));
  assert.ok(existsSync(join(project.home.objects, hex.slice(0, 2), `${hex.slice(2)}.corrupt`)));
});
