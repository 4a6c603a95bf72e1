import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes, randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { folderObjectStore } from '../objects/folder-object-store.ts';
import { removeUnfinished } from '../objects/install.ts';

const rounds = 12;

test('whenever freezing, restoring or collecting is killed, every object is there, and the next attempt ends it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-killed-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const root = join(folder, 'objects');
  const digests = await putLikeObjects(root);
  const script = join(folder, 'work.ts');
  writeFileSync(script, scriptFor(root, digests));

  for (let round = 0; round < rounds; round += 1) {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await sleep(randomInt(400));
    child.kill('SIGKILL');
    await once(child, 'close');

    using store = folderObjectStore(root);
    for (const digest of digests) assert.equal(await store.verify(digest), 'sound', `round ${round}`);
  }

  using store = folderObjectStore(root);
  await removeUnfinished(root);
  await store.freeze(digests);
  assert.deepEqual(
    [...store.entries()].map(({ place }) => place),
    digests.map(() => 'pack'),
  );
  assert.deepEqual(readdirSync(join(root, 'incoming')), []);
});

async function putLikeObjects(root: string): Promise<readonly Digest[]> {
  using store = folderObjectStore(root);
  const common = randomBytes(4 << 20);
  const digests: Digest[] = [];
  for (const index of [0, 1, 2, 3]) digests.push((await store.putBytes(Buffer.concat([common, randomBytes(500_000 + index)]))).digest);
  return digests;
}

/** Freezes, restores, and collects packs as if they were old, again and again. */
function scriptFor(root: string, digests: readonly Digest[]): string {
  return `
    import { readdirSync, utimesSync } from 'node:fs';
    import { folderObjectStore } from ${JSON.stringify(import.meta.resolve('../objects/folder-object-store.ts'))};
    const store = folderObjectStore(${JSON.stringify(root)});
    const digests = ${JSON.stringify(digests)};
    console.log('ready');
    for (;;) {
      await store.freeze(digests.slice(0, 3));
      await store.freeze(digests.slice(2));
      const packs = ${JSON.stringify(join(root, 'packs'))};
      for (const name of readdirSync(packs)) if (name.endsWith('.pack')) utimesSync(packs + '/' + name, 0, 0);
      await store.collectPacks();
      for (const digest of digests) await store.pathOf(digest);
    }`;
}
