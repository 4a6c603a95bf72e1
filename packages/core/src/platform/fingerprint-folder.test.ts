import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintFolder } from './fingerprint-folder.ts';

test('the fingerprint of a folder changes with its files, and not with what other programs keep there', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-prints-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (let file = 0; file < 20; file += 1) writeFileSync(join(folder, `${file}.bin`), `${file}`);
  const first = fingerprintFolder(folder);
  mkdirSync(join(folder, '__pycache__'));
  writeFileSync(join(folder, '.DS_Store'), '');
  assert.equal(fingerprintFolder(folder), first);

  utimesSync(join(folder, '7.bin'), 1, 1);
  assert.notEqual(fingerprintFolder(folder), first);
  symlinkSync('7.bin', join(folder, 'link'));
  assert.equal(fingerprintFolder(folder), null);
  assert.equal(fingerprintFolder(join(folder, 'none')), null);
});
