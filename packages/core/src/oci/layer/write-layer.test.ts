import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderObjectStore } from '../../store/index.ts';
import type { LayerEntry } from './layer-entry.ts';
import { writeLayer } from './write-layer.ts';

const long = `app/${'a-folder-with-a-long-name/'.repeat(8)}model.onnx`;

async function bench(t: { after: (end: () => Promise<void>) => void }): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-layer-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, 'weights'), 'weights'.repeat(100_000));
  return root;
}

function entriesIn(root: string): readonly LayerEntry[] {
  return [
    { kind: 'text', path: 'app/start', executable: true, content: '#!/bin/sh\n' },
    { kind: 'file', path: long, executable: false, from: join(root, 'weights'), bytes: 700_000 },
    { kind: 'text', path: 'app/é.json', executable: false, content: '' },
    { kind: 'link', path: 'app/now', to: 'start' },
    { kind: 'folder', path: 'tmp', mode: 0o1777 },
  ];
}

test('writeLayer() gives the same bytes for the same entries, in whatever order they are named', async (t) => {
  const root = await bench(t);
  const store = folderObjectStore(join(root, 'objects'));
  const scratch = join(root, 'layer');
  const entries = entriesIn(root);

  const plain = await writeLayer(store, entries, { compress: false, scratch });
  const turned = await writeLayer(store, entries.toReversed(), { compress: false, scratch });
  const small = await writeLayer(store, entries, { compress: true, scratch });

  assert.deepEqual(turned, plain);
  assert.equal(plain.digest, plain.diffId);
  assert.equal(small.diffId, plain.diffId);
  assert.ok(small.size < plain.size / 10);
  assert.equal((await store.readBytes(small.digest)).length, small.size);
});

test('writeLayer() writes what tar reads: everything of root, at the time 0, with the folders above', async (t) => {
  const root = await bench(t);
  const store = folderObjectStore(join(root, 'objects'));
  const { digest } = await writeLayer(store, entriesIn(root), { compress: false, scratch: join(root, 'layer') });

  const listed = execFileSync('tar', ['--utc', '--full-time', '--numeric-owner', '-tvf', await store.pathOf(digest)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  const lines = listed.trim().split('\n');

  assert.ok(
    lines.every((line) => / 0\/0 +\d+ 1970-01-01 00:00:00 /.test(line)),
    listed,
  );
  assert.ok(
    lines.some((line) => line.startsWith('-rwxr-xr-x') && line.endsWith(' app/start')),
    listed,
  );
  assert.ok(
    lines.some((line) => line.startsWith('-rw-r--r--') && line.includes(' 700000 ') && line.endsWith(long)),
    listed,
  );
  assert.ok(
    lines.some((line) => line.endsWith(' app/now -> start')),
    listed,
  );
  assert.ok(
    lines.some((line) => line.startsWith('drwxrwxrwt') && line.endsWith(' tmp/')),
    listed,
  );
  assert.ok(
    lines.some((line) => line.startsWith('drwxr-xr-x') && line.endsWith(' app/')),
    listed,
  );
});

test('writeLayer() leaves nothing behind when a file is not there, or has another length', async (t) => {
  const root = await bench(t);
  const store = folderObjectStore(join(root, 'objects'));
  const scratch = join(root, 'layer');
  const file = { kind: 'file', path: 'a', executable: false } as const;

  await assert.rejects(writeLayer(store, [{ ...file, from: join(root, 'none'), bytes: 1 }], { compress: true, scratch }), /ENOENT/);
  await assert.rejects(
    writeLayer(store, [{ ...file, from: join(root, 'weights'), bytes: 1 }], { compress: true, scratch }),
    /exceeds given size/,
  );
  await assert.rejects(
    writeLayer(store, [{ ...file, from: join(root, 'weights'), bytes: 800_000 }], { compress: false, scratch }),
    /Size mismatch/,
  );
  assert.equal(existsSync(scratch), false);
});
