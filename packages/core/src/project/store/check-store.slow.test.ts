import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfBytes } from '../../platform/index.ts';
import { checkStore } from './check-store.ts';
import { scrub } from './scrub.ts';
import { large, madeTwoObjects } from './collect/test-two-objects.ts';

test('without a remote a repair takes results that lack something out of the cache', async (t) => {
  const at = await madeTwoObjects(t);
  using project = await at.open();
  project.objects.remove(digestOfBytes(large));

  const found = await checkStore(project, { repair: true });

  assert.deepEqual(
    found.problems.map(({ kind, hint }) => [kind, hint]),
    [['result', null]],
  );
  assert.deepEqual((await checkStore(project)).problems, []);
});

test('records of the state that cannot be read are named', async (t) => {
  const at = await madeTwoObjects(t);
  using project = await at.open();
  project.state.database.exec(`UPDATE result SET record = '{half' WHERE step = 'steps.small'; UPDATE run SET record = ''`);

  const { problems } = await checkStore(project);

  assert.deepEqual(
    problems.map(({ kind, found }) => [kind, found]),
    [
      ['result', 'its record cannot be read'],
      ['run', 'its record cannot be read, or is of another version'],
    ],
  );
});

test('a scrub that was ended early goes on with what it has not read', async (t) => {
  const at = await madeTwoObjects(t);
  using project = await at.open();
  const all = [...project.objects.entries()].map(({ digest }) => digest);
  for (const digest of all.slice(1))
    project.state.prepare("INSERT INTO scrubbed (digest, read_at) VALUES (?, '2026-01-01T00:00:00.000Z')").run(digest);
  const controller = new AbortController();
  const { objects } = project;
  const verify: typeof objects.verify = async (digest) => {
    controller.abort();
    return objects.verify(digest);
  };

  const { objects: read } = await scrub({ ...project, objects: { ...objects, verify } }, { signal: controller.signal });

  assert.equal(read, 1);
  const now = project.state.prepare("SELECT digest FROM scrubbed WHERE read_at > '2026-01-02'").all();
  assert.deepEqual(
    now.map((row) => row['digest']),
    [all[0]],
  );
});
