import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { folderObjectStore } from './folder-object-store.ts';

/** Puts small and large objects and names each one that is durable. */
const script = (root: string): string => `
  import { folderObjectStore } from ${JSON.stringify(import.meta.resolve('./folder-object-store.ts'))};
  using store = folderObjectStore(${JSON.stringify(root)});
  for (let index = 0; index < 4; index++)
    for (const content of ['small ' + index, 'large ' + String(index).repeat(50_000)])
      process.stdout.write((await store.putBytes(content)).digest + '\\n');`;

test(
  'hostile 17: an fsync that fails once is never tried again on its own: what was written is written anew, and nothing that was said to be durable is lost',
  { skip: withoutStrace() },
  async (t) => {
    const calls = ['fsync', 'fdatasync'];
    let struck = 0;
    for (let which = 1; which <= 12; which++) {
      const root = mkdtempSync(join(tmpdir(), 'tidegate-fault-'));
      t.after(() => rmSync(root, { recursive: true, force: true }));
      const inject = calls.flatMap((call) => ['-e', `inject=${call}:error=EIO:when=${which}`]);
      const argv = ['-f', '-qq', '-o', join(root, 'trace'), '-e', `trace=${calls.join(',')}`, ...inject];

      const { status, stdout, stderr } = spawnSync('strace', [...argv, process.execPath, '--input-type=module', '-e', script(root)], {
        encoding: 'utf8',
      });

      const told = stdout.split('\n').slice(0, -1) as Digest[];
      assert.ok(status === 0 || /TG-STORE-DISK-FAULT/.test(stderr), stderr);
      if (status === 0) assert.equal(told.length, 8);
      struck += status === 0 ? 0 : 1;
      using store = folderObjectStore(root, { onSetAside: () => assert.fail('the database is whole') });
      for (const digest of told) await store.readBytes(digest); // checks the bytes
    }
    t.diagnostic(`${struck} of 12 writers gave up`);
  },
);

/** Why the test cannot be run here; false when it can. */
function withoutStrace(): string | false {
  if (spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']).status === 0) return false;
  assert.equal(process.env['TIDEGATE_REQUIRE_SERVICES'], undefined, 'Cannot run without "strace" and the right to trace processes');
  return 'it needs "strace", and the right to trace processes of one’s own';
}
