import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderObjectStore } from './folder-object-store.ts';
import { readKeyRecord, readRecord } from './read-record.ts';

test('a record is believed once its format is known; another, and bytes that are no record, are refused', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-record-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const store = folderObjectStore(folder);
  const { digest } = await store.putJson({ format: 'tidegate.key/1', step: 'steps.a' });
  const later = await store.putJson({ format: 'tidegate.key/3' });
  const bytes = await store.putBytes('PAR1');

  assert.deepEqual(await readRecord(store, 'tidegate.key/1', digest), { format: 'tidegate.key/1', step: 'steps.a' });
  await assert.rejects(readRecord(store, 'tidegate.key/1', later.digest), /TG-STORE-RECORD: .* it is "tidegate.key\/3"/);
  await assert.rejects(readRecord(store, 'tidegate.key/1', bytes.digest), /TG-STORE-RECORD: .* it is no record/);
});

test('a key record of an earlier version is read as well, one of a later version is not', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-record-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const store = folderObjectStore(folder);
  const key = async (version: number) => (await store.putJson({ format: `tidegate.key/${version}`, step: 'steps.a' })).digest;

  assert.equal((await readKeyRecord(store, await key(1))).format, 'tidegate.key/1');
  assert.equal((await readKeyRecord(store, await key(2))).format, 'tidegate.key/2');
  await assert.rejects(readKeyRecord(store, await key(3)), /TG-STORE-RECORD: .* as "tidegate.key\/2": it is "tidegate.key\/3"/);
});
