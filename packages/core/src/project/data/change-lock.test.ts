import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOfHex } from '@tidegate/formats';
import { readLock } from '../../config/index.ts';
import { openState } from '../../store/index.ts';
import { changeLock } from './change-lock.ts';

test('of many that pin at once, here and in another process, nobody loses a pin, and a merge under way is left alone', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-change-lock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const root = join(folder, 'project');
  mkdirSync(root);
  using state = openState(join(folder, 'state.sqlite'));
  using other = openState(join(folder, 'state.sqlite')); // as another process has it
  const names = Array.from({ length: 20 }, (_, at) => `d${at}`);
  const pin = digestOfHex('1'.repeat(64));

  const moved = await Promise.all(
    names.map((name, at) =>
      changeLock({ root, state: at % 2 === 0 ? state : other }, (lock) => ({ ...lock, data: { ...lock.data, [name]: pin } })),
    ),
  );
  assert.deepEqual(Object.keys((await readLock(root)).data).toSorted(), names.toSorted());
  assert.ok(moved.every((isMoved) => isMoved));
  assert.equal(await changeLock({ root, state }, (lock) => lock), false);
  assert.deepEqual(readdirSync(root), ['tidegate.lock']);

  const conflict = '<<<<<<< ours\n  a: sha256:1\n=======\n  a: sha256:2\n>>>>>>> theirs\n';
  writeFileSync(join(root, 'tidegate.lock'), conflict);
  await assert.rejects(
    changeLock({ root, state }, (lock) => lock),
    /TG-CONFIG-LOCK-CONFLICT/,
  );
  assert.equal(readFileSync(join(root, 'tidegate.lock'), 'utf8'), conflict);
  state.commit(() => undefined);
});
