import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { Digest } from '@tidegate/formats';
import type { FolderObjectStore } from '../../store/index.ts';
import { makeTestProject } from '../test-project.ts';
import { packCold } from './pack-cold.ts';
import { copies, within } from './collect/test-garbage.ts';

const signal = new AbortController().signal;

async function putVersion(store: FolderObjectStore, content: Uint8Array): Promise<{ readonly version: Digest; readonly file: Digest }> {
  const file = await store.putBytes(content);
  const tree = await store.putJson({ format: 'tidegate.tree/1', entries: [{ path: 'a.bin', ...file }] });
  const { digest: version } = await store.putJson({ format: 'tidegate.dataset-version/1', tree: tree.digest });
  return { version, file: file.digest };
}

test('versions that no working tree has are packed, largest first; one that is checked out, and what is short or young, is left', async (t) => {
  const at = makeTestProject(t, copies);
  at.write({ 'tidegate.lock': 'version: 1\n' });
  const first = randomBytes(2 << 20);
  const [old, next, small] = await within(at, async (store) => [
    await putVersion(store, first),
    await putVersion(store, Buffer.concat([first, Buffer.from('tide')])),
    await putVersion(store, randomBytes(20_000)),
  ]);
  at.write({ 'tidegate.lock': `version: 1\ndata:\n  towns: ${next?.version}\n` });

  const [young, planned, packed, again] = await within(at, async (_, project) => [
    await packCold(project, { signal }),
    await packCold(project, { signal, olderMs: -1_000, dryRun: true }),
    await packCold(project, { signal, olderMs: -1_000, bytesPerSecond: 1e9 }),
    await packCold(project, { signal, olderMs: -1_000 }),
  ]);

  assert.deepEqual(
    [young, planned, packed, again].map((done) => done?.objects.map(({ digest }) => digest)),
    [[], [old?.file], [old?.file], []],
  );
  assert.equal(planned?.writtenBytes, null);
  assert.deepEqual([packed?.damaged, packed?.left], [[], 0]);
  const places = await within(at, (store) => new Map([...store.entries()].map(({ digest, place }) => [digest, place])));
  assert.deepEqual(
    [old, next, small].map((version) => version && places.get(version.file)),
    ['pack', 'file', 'file'],
  );
});

test('packing ends when its time is over, and says how much is left', async (t) => {
  const at = makeTestProject(t, copies);

  const done = await within(at, async (store, project) => {
    await putVersion(store, randomBytes(2 << 20));
    return packCold(project, { signal, olderMs: -1_000, forMs: 0 });
  });

  assert.deepEqual([done.objects, done.left], [[], 1]);
});
