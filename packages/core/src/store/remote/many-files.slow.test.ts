import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOfBytes } from '../../platform/index.ts';
import { folderFiles } from './folder/folder-files.ts';
import { packedRemote } from './packed-remote.ts';
import type { RemoteFiles } from './remote-files.ts';

const count = 100_000;

test(
  'a hundred thousand short files are about ten uploads, and a push with nothing new asks four small questions',
  { timeout: 180_000 },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-many-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const plain = folderFiles(join(folder, 'remote'));
    let asked = { reads: 0, writes: 0 };
    const files: RemoteFiles = {
      ...plain,
      read: (name, options) => ((asked.reads += 1), plain.read(name, options)),
      write: (name, source, options) => ((asked.writes += 1), plain.write(name, source, options)),
      list: () => assert.fail('nothing is listed'),
    };
    const machine = () => packedRemote(files, { zone: 'main', scratch: join(folder, 'incoming'), cache: join(folder, 'index') });
    const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(count * 600));
    const objects = Array.from({ length: count }, (_, index) => {
      const bytes = noise.subarray(index * 600, (index + 1) * 600);
      return { digest: digestOfBytes(bytes), bytes: bytes.length, content: async () => bytes };
    });

    const put = await machine().putObjects(objects);
    const first = asked;
    asked = { reads: 0, writes: 0 };
    const used = process.cpuUsage();
    const again = await machine().putObjects(objects);
    const cpu = process.cpuUsage(used);

    t.diagnostic(`${first.writes} uploads; again: ${asked.reads} reads, ${((cpu.user + cpu.system) / 1e6).toFixed(2)} s of CPU`);
    assert.equal(put.objects, count);
    assert.ok(first.writes <= 12, `${first.writes} uploads`);
    assert.deepEqual(again, { objects: 0, bytes: 0, moved: 0, lost: [] });
    assert.deepEqual(asked, { reads: 5, writes: 0 });
    const came = new Set<string>();
    asked = { reads: 0, writes: 0 };
    const lost = await machine().getObjects(
      objects.map(({ digest }) => digest),
      async (digest) => void came.add(digest),
    );
    assert.deepEqual([lost.length, came.size], [0, count]);
    assert.ok(asked.reads < 60, `${asked.reads} reads`);
  },
);
