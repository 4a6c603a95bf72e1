import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderObjectStore } from './folder-object-store.ts';
import { readRecord } from './read-record.ts';

test('a record is believed once its format is known; another, and bytes that are no record, are refused', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-record-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const store = folderObjectStore(folder);
  const { digest } = await store.putJson({ format: 'tidegate.key/1', step: 'steps.a' });
  const later = await store.putJson({ format: 'tidegate.key/2' });
  const bytes = await store.putBytes('PAR1');

  assert.deepEqual(await readRecord(store, 'tidegate.key/1', digest), { format: 'tidegate.key/1', step: 'steps.a' });
  await assert.rejects(readRecord(store, 'tidegate.key/1', later.digest), /TG-STORE-RECORD: .* it is "tidegate.key\/2"/);
  await assert.rejects(readRecord(store, 'tidegate.key/1', bytes.digest), /TG-STORE-RECORD: .* it is no record/);
});
