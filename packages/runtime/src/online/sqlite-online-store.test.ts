import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { digestOfHex, TidegateError } from '@tidegate/formats';
import { onlineStoreConformance } from './online-store.conformance.ts';
import { openSqliteOnlineStore } from './sqlite-online-store.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'tidegate-online-'));
const hasCode = (code: string) => (error: unknown) => error instanceof TidegateError && error.diagnostics[0].code === code;

onlineStoreConformance('SQLite', async () => {
  const path = folder();
  return {
    open: () => openSqliteOnlineStore(join(path, 'online.sqlite')),
    [Symbol.asyncDispose]: async () => rmSync(path, { recursive: true }),
  };
});

test('a file that is no database is refused with the way out', (t) => {
  const path = folder();
  t.after(() => rmSync(path, { recursive: true }));
  writeFileSync(join(path, 'online.sqlite'), 'this is not a database, and it is long enough to be taken for one');

  assert.throws(() => openSqliteOnlineStore(join(path, 'online.sqlite')), hasCode('TG-FEATURES-ONLINE-BROKEN'));
});

test('a file of a newer layout is left alone', (t) => {
  const path = folder();
  t.after(() => rmSync(path, { recursive: true }));
  const database = new DatabaseSync(join(path, 'online.sqlite'));
  database.exec('PRAGMA user_version = 99');
  database.close();

  assert.throws(() => openSqliteOnlineStore(join(path, 'online.sqlite')), hasCode('TG-FEATURES-ONLINE-NEWER'));
});

test('a writer that another one keeps waiting says so, and writes once that one has ended', async (t) => {
  const path = folder();
  t.after(() => rmSync(path, { recursive: true }));
  const file = join(path, 'online.sqlite');
  const store = openSqliteOnlineStore(file, { writerWaitMs: 40 });
  t.after(store.close);
  const other = new DatabaseSync(file);
  t.after(() => other.close());
  other.exec('BEGIN IMMEDIATE');

  await assert.rejects(store.keepOnly(new Set()), hasCode('TG-FEATURES-ONLINE-BUSY'));
  other.exec('COMMIT');

  assert.deepEqual(await store.keepOnly(new Set()), []);
});

test('a file of the first layout is taken over with its values', async (t) => {
  const path = folder();
  t.after(() => rmSync(path, { recursive: true }));
  const file = join(path, 'online.sqlite');
  const version = digestOfHex('a'.repeat(64));
  const database = new DatabaseSync(file);
  database.exec(`
    CREATE TABLE view (id INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE, as_of_us INTEGER) STRICT;
    CREATE TABLE value (view INTEGER NOT NULL, key TEXT NOT NULL, event_us INTEGER NOT NULL, known_us INTEGER NOT NULL, cells TEXT NOT NULL, PRIMARY KEY (view, key)) WITHOUT ROWID, STRICT;
    INSERT INTO view VALUES (7, '${version}', 5); INSERT INTO value VALUES (7, 'k', 3, 4, '["a"]'); PRAGMA user_version = 1`);
  database.close();

  const store = openSqliteOnlineStore(file);
  t.after(store.close);

  assert.deepEqual(await store.read(version, ['k']), [{ eventUs: 3, knownUs: 4, values: ['a'] }]);
  assert.equal(await store.lastUse(version), 4);
  assert.deepEqual(await store.progress(version), { revision: 1, asOfUs: 5, watermark: null });
});
