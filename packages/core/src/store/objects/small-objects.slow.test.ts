import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { runCommand } from '../../platform/index.ts';
import { folderObjectStore } from './folder-object-store.ts';

async function makeRoot(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-small-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return root;
}

/** Puts objects for ever, and names each one that is durable. */
const writer = (root: string): string => `
  import { folderObjectStore } from ${JSON.stringify(import.meta.resolve('./folder-object-store.ts'))};
  using store = folderObjectStore(${JSON.stringify(root)});
  for (let index = 0; ; index++) {
    const put = await Promise.all([0, 1, 2].map((part) => store.putBytes(String(process.pid) + '.' + index + '.' + part + ' '.repeat(part * 5000))));
    for (const { digest } of put) process.stdout.write(digest + '\\n');
  }`;

test('a writer that is killed leaves nothing half, and loses nothing that it was told to be durable', async (t) => {
  const root = await makeRoot(t);
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', writer(root)], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    let told = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      if (told.length > 3_000 * (round + 1)) child.kill('SIGKILL');
    });
    await once(child, 'close');

    using store = folderObjectStore(root, { onSetAside: () => assert.fail('nothing is damaged') });
    const digests = told.split('\n').slice(0, -1) as Digest[];
    assert.ok(digests.length > 30, `${digests.length} objects were put`);
    for (const digest of digests) await store.readBytes(digest); // checks the bytes
  }
});

test('eight processes put and read the same small objects at once', async (t) => {
  const root = await makeRoot(t);
  const script = `
    import { folderObjectStore } from ${JSON.stringify(import.meta.resolve('./folder-object-store.ts'))};
    using store = folderObjectStore(${JSON.stringify(root)});
    for (let index = 0; index < 12; index++) {
      const { digest } = await store.putBytes('object ' + index);
      if (Buffer.from(await store.readBytes(digest)).toString() !== 'object ' + index) process.exit(3);
    }`;

  const ends = await Promise.all(
    Array.from({ length: 8 }, () =>
      runCommand([process.execPath, '--input-type=module', '-e', script], {
        cwd: root,
        variables: {},
        onText: (_, line) => t.diagnostic(line),
        signal: t.signal,
        timeoutMs: 60_000,
      }),
    ),
  );

  assert.deepEqual(
    ends.map((end) => end.code),
    Array.from({ length: 8 }, () => 0),
  );
});
