import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openHashThreads } from '../hash-threads.ts';
import { cutFile } from './cut-file.ts';
import { cutSegmentHere, type Piece } from './cut-segment.ts';

async function gathered<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function fileOf(t: TestContext, content: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-cut-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'file'), content);
  return join(folder, 'file');
}

test('several threads cut a long file as one does, also where the parts never come to have a cut in common', async (t) => {
  const triggering = readFileSync(join(import.meta.dirname, 'fixtures/xet-hitting-data.txt'), 'utf8').split('\n')[3] ?? '';
  const pattern = Uint8Array.from([...triggering.split(' ').map(Number), 0]);
  const path = fileOf(t, Buffer.concat([Buffer.alloc(36 << 20, pattern), randomBytes(34 << 20), Buffer.alloc(5 << 20)]));
  const pool = openHashThreads(2);

  const pieces = await gathered(cutFile(path, { pool }));

  assert.deepEqual(pieces, cutSegmentHere({ path, from: 0, until: 75 << 20 }));
  assert.equal(pool.count(), 2);
});

test('cutting stops when it is called off, and tells of a file that cannot be read', async (t) => {
  const path = fileOf(t, Buffer.alloc(40 << 20));
  const off = new AbortController();
  const seen: Piece[] = [];

  const cutting = async (): Promise<void> => {
    for await (const piece of cutFile(path, { signal: off.signal })) {
      seen.push(piece);
      off.abort(new Error('enough'));
    }
  };

  await assert.rejects(cutting(), /enough/);
  assert.ok(seen.length < 300);
  await assert.rejects(gathered(cutFile('/no/such/file')), { code: 'ENOENT' });
});
