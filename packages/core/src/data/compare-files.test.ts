import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digest, type TreeEntry } from '@tidegate/formats';
import { buildTree } from '../store/index.ts';
import { compareFiles } from './compare-files.ts';

const file = (path: string, content: string, more: Partial<TreeEntry> = {}): TreeEntry => ({
  path,
  digest: digest(`sha256:${content.repeat(64)}`),
  bytes: content.charCodeAt(0),
  ...more,
});

async function compared(before: readonly TreeEntry[], after: readonly TreeEntry[]): ReturnType<typeof compareFiles> {
  const [old, young] = [buildTree(before), buildTree(after)];
  const records = new Map([...old.records, ...young.records].map((record) => [record.digest, record.text]));
  return compareFiles({ readJson: async (wanted) => JSON.parse(records.get(wanted) ?? assert.fail()) }, old.digest, young.digest);
}

test('files that came, went, were edited or got another mode are told with their sizes, and the same bytes under another name as renamed', async () => {
  const before = [file('a', '1'), file('b/edited', '2'), file('b/gone', '3'), file('mode', '4'), file('old name', '5')];
  const after = [file('a', '1'), file('b/edited', '6'), file('mode', '4', { executable: true }), file('c/new name', '5'), file('z', '7')];

  assert.deepEqual(await compared(before, after), {
    added: 1,
    removed: 1,
    changed: 2,
    renamed: 1,
    files: [
      { change: 'changed', path: 'b/edited', before: 50, after: 54, isEdited: true },
      { change: 'removed', path: 'b/gone', bytes: 51 },
      { change: 'renamed', path: 'c/new name', from: 'old name', bytes: 53 },
      { change: 'changed', path: 'mode', before: 52, after: 52, isEdited: false },
      { change: 'added', path: 'z', bytes: 55 },
    ],
  });
});

test('of files with the same bytes each is renamed once, and a copy is a new file', async () => {
  const { files } = await compared([file('a', '1'), file('b', '1')], [file('b', '1'), file('c', '1'), file('d', '1')]);
  assert.deepEqual(files, [
    { change: 'renamed', path: 'c', from: 'a', bytes: 49 },
    { change: 'added', path: 'd', bytes: 49 },
  ]);
});
