import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openState } from '../../../store/index.ts';
import { forgetGoneFolders } from './forget-gone-folders.ts';

test('what was known of files in folders that are gone is forgotten', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-gone-folders-'));
  t.after(() => rmSync(folder, { recursive: true }));
  using state = openState(join(folder, 'state.sqlite'));
  for (const one of [folder, join(folder, 'gone')])
    state.commit(() => {
      state.prepare("INSERT INTO folder_look VALUES (?, 'f', 'd', 1, 1)").run(one);
      state.prepare("INSERT INTO folder_stat VALUES (?, x'00')").run(one);
      state.prepare("INSERT INTO file_stat VALUES (?, 1, '1', '1', '1', 'd')").run(join(one, 'a.txt'));
    });

  forgetGoneFolders(state);

  const left = ['folder_look', 'folder_stat', 'file_stat'].flatMap((table) => state.prepare(`SELECT path FROM ${table}`).all());
  assert.deepEqual(
    left.map((row) => row['path']),
    [folder, folder, join(folder, 'a.txt')],
  );
});
