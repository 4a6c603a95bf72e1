import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOfBytes } from '../../../platform/index.ts';
import { folderFiles } from '../folder/folder-files.ts';
import { packedRemote } from '../packed-remote.ts';
import { damageObject } from '../test-damage.ts';
import { remoteInBrief } from './remote-in-brief.ts';
import { verifyRemote } from './verify-remote.ts';

test('everything is read back, what is damaged or gone is told with why, is missing from then on, and is sound when it was put again', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-verify-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [files, scratch] = [folderFiles(join(folder, 'remote')), join(folder, 'incoming')];
  const remote = packedRemote(files, { zone: 'main', scratch, cache: null });
  const long = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(2 << 20));
  const contents = [Buffer.from('ebb'), Buffer.from('flood'), long];
  for (const bytes of contents) await remote.putObject(digestOfBytes(bytes), bytes);
  const verify = () => verifyRemote({ files, zone: 'main', scratch });
  const objects = contents.map((bytes) => ({ digest: digestOfBytes(bytes), bytes: bytes.length }));

  const sound = await verify();
  assert.deepEqual(sound.damaged, []);
  assert.ok(sound.bytes > long.length && sound.entries > 10);
  assert.deepEqual(
    (await remoteInBrief(remote, null)).zones.map(({ zone, objects: count, bytes }) => ({ zone, count, bytes })),
    [{ zone: 'main', count: 3, bytes: long.length + 8 }],
  );

  await damageObject(join(folder, 'remote'), digestOfBytes('ebb'));
  const packs = readdirSync(join(folder, 'remote/packs/main'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const largest = largestOf(packs.map((entry) => join(entry.parentPath, entry.name)));
  rmSync(largest);
  const { damaged } = await verify();

  const reasons = new Map(damaged.map(({ digest, why }) => [digest, why]));
  assert.equal(reasons.get(digestOfBytes('ebb')), 'its bytes have another digest');
  assert.match(reasons.get(digestOfBytes(long)) ?? '', /its pack is gone/);
  assert.equal(reasons.has(digestOfBytes('flood')), false);
  assert.deepEqual(await remote.missing(objects), [digestOfBytes('ebb'), digestOfBytes(long)]);
  for (const bytes of contents) await remote.putObject(digestOfBytes(bytes), bytes);
  assert.deepEqual(await remote.missing(objects), []);
  assert.equal(await remote.getObject(digestOfBytes(long), join(folder, 'out')), 'at-path');
  assert.deepEqual((await verify()).damaged, []);
});

function largestOf(paths: readonly string[]): string {
  return paths.toSorted((a, b) => statSync(b).size - statSync(a).size)[0] ?? assert.fail();
}
