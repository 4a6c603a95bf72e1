import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { markerName } from '../remote-files.ts';
import { remoteFilesConformance } from '../remote-files.conformance.ts';
import { folderFiles } from './folder-files.ts';

remoteFilesConformance('folder files', (folder) => ({ open: () => folderFiles(join(folder, 'remote')) }));

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-files-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a file, and a folder that holds something else, are no remote', async (t) => {
  const folder = makeFolder(t);
  mkdirSync(join(folder, 'photos'));
  writeFileSync(join(folder, 'photos/cat.jpg'), '');
  writeFileSync(join(folder, 'file'), '');

  await assert.rejects(folderFiles(join(folder, 'photos')).check(), /TG-STORE-REMOTE: .* it holds "cat.jpg"/);
  await assert.rejects(folderFiles(join(folder, 'file')).check(), /TG-STORE-REMOTE: .* it is no folder/);
  await folderFiles(join(folder, 'nothing')).check();

  assert.ok(!existsSync(join(folder, 'nothing')));
});

test('a folder that was there and is gone is not made again in its place', async (t) => {
  const folder = makeFolder(t);
  const files = folderFiles(join(folder, 'remote'));
  await files.write(markerName, Buffer.from('{}'));
  await files.write('a', Buffer.from('a'));
  rmSync(join(folder, 'remote'), { recursive: true });
  mkdirSync(join(folder, 'remote'));

  await assert.rejects(files.write('a', Buffer.from('b')), /TG-STORE-REMOTE-UNREACHABLE: .* it was there and is gone/);

  assert.deepEqual(readdirSync(join(folder, 'remote')), []);
});

test('a place where a file is in the way of a folder cannot be written', async (t) => {
  const folder = makeFolder(t);
  writeFileSync(join(folder, 'packs'), '');

  await assert.rejects(folderFiles(folder).write('packs/a', Buffer.from('a')), /TG-STORE-REMOTE-NOT-WRITABLE: Cannot write to the remote/);
  assert.equal(await folderFiles(folder).read('packs/a'), null);
});

test('a writer that is killed while it holds the lock holds up nobody', { timeout: 30_000 }, async (t) => {
  const folder = makeFolder(t);
  await folderFiles(folder).write('root', Buffer.from('1'));
  const script = `
    import { exclusively } from ${JSON.stringify(join(import.meta.dirname, 'exclusively.ts'))};
    await exclusively(${JSON.stringify(join(folder, 'root'))}, {}, async () => process.kill(process.pid, 'SIGKILL'));
  `;
  assert.throws(() => execFileSync(process.execPath, ['--input-type=module', '-e', script]), /SIGKILL|Command failed/);

  const { tag = '' } = (await folderFiles(folder).read('root')) ?? {};
  const written = await folderFiles(folder).write('root', Buffer.from('2'), { onlyIf: { tag } });

  assert.equal(written.written, true);
});
