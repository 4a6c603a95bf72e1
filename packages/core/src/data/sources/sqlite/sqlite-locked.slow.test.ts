import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { TidegateError } from '@tidegate/formats';
import { openSource } from '../open-source.ts';

test('a database that somebody holds for himself is waited for, and then told as out of reach', async () => {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-sqlite-'));
  const database = new DatabaseSync(join(root, 'a.db'));
  try {
    database.exec('CREATE TABLE t (i INTEGER); PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    const source = await openSource(
      { kind: 'sqlite', file: 'a.db', table: 't', query: null, where: null, key: null, cursor: null },
      { root, secret: async () => null },
    );

    await assert.rejects(
      source.read({ folder: root, since: null, signal: new AbortController().signal, progress: () => {} }),
      (error: unknown) => error instanceof TidegateError && error.diagnostics[0].code === 'TG-SOURCE-UNREACHABLE',
    );
  } finally {
    database.close();
    rmSync(root, { recursive: true });
  }
});
