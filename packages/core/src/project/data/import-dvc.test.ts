import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { importDvc } from './import-dvc.ts';
import type { ImportedFiles } from './import-places.ts';

const files = {
  'tidegate.yaml': `version: 1
data:
  images: { from: { files: data/images } }
  table: { from: { files: data/t.csv } }
  binary: { from: { files: data/bin.dat } }
  made: { from: { files: out/*.csv } }
`,
};

/** A project with what a real DVC has left: see fixtures/README.md. */
function place(
  t: TestContext,
  version: 'dvc-2' | 'dvc-3',
): TestProject & { readonly take: (dataset: string, from: string) => Promise<ImportedFiles> } {
  const project = makeTestProject(t, files);
  cpSync(join(import.meta.dirname, 'fixtures', version), project.root, { recursive: true });
  const take = async (dataset: string, from: string): Promise<ImportedFiles> => {
    using opened = await project.open();
    return await importDvc(opened, dataset, { from: join(project.root, from), dryRun: false, onProgress: () => {}, ...unattended });
  };
  return { ...project, take };
}

for (const version of ['dvc-2', 'dvc-3'] as const)
  test(`what ${version} keeps is taken over byte for byte, folders and what stages made as well`, async (t) => {
    const { root, take } = place(t, version);
    const content = (path: string): string => readFileSync(join(root, path), 'latin1');

    const { paths, copied, added } = await take('images', 'data/images.dvc');
    assert.deepEqual([paths, copied, added?.files], [['data/images/2.txt', 'data/images/cats/1.png'], 2, 2]);
    for (const [dataset, from] of [
      ['table', 'data/t.csv.dvc'],
      ['binary', 'data/bin.dat.dvc'],
      ['made', 'dvc.lock'],
    ] as const)
      await take(dataset, from);
    const all = ['data/images/2.txt', 'data/images/cats/1.png', 'data/t.csv', 'data/bin.dat', 'out/t.csv'];
    assert.deepEqual(all.map(content), ['zwei\r\nx\r\n', 'one\n', 'a,b\r\n1,2\r\n', '\0\r\n', 'a,b\r\n1,2\r\n']);
    assert.equal((await take('images', 'data/images.dvc')).copied, 0);
  });

test('without its cache what lies in the working tree is taken, and a link into the cache becomes a file', async (t) => {
  const { root, take } = place(t, 'dvc-3');
  await take('images', 'data/images.dvc');
  rmSync(join(root, 'data/images/cats/1.png'));
  symlinkSync(join(root, '.dvc/cache/files/md5/5b/bf5a52328e7439ae6e719dfe712200'), join(root, 'data/images/cats/1.png'));
  rmSync(join(root, '.dvc/cache/files/md5/dc'), { recursive: true });

  assert.equal((await take('images', 'data/images.dvc')).copied, 1);
  rmSync(join(root, '.dvc/cache/files/md5/5b'), { recursive: true });
  assert.equal(readFileSync(join(root, 'data/images/cats/1.png'), 'utf8'), 'one\n');
});

test('what is missing, damaged, in the way, elsewhere or hostile is named, and nothing is written', async (t) => {
  const { root, take, write } = place(t, 'dvc-3');
  const cache = join(root, '.dvc/cache/files/md5');
  const refused = (expected: RegExp, dataset = 'images', from = 'data/images.dvc'): Promise<void> =>
    assert.rejects(take(dataset, from), expected);

  await refused(/TG-DATA-DVC: .* the dataset does not read "data\/images"/, 'table');
  await refused(/TG-DATA-DVC: .*there is no such file/, 'images', 'data/imgs.dvc');
  write({ 'data/images/2.txt': 'mine' });
  await refused(/TG-CLI-USAGE: Cannot import "data\/images\/2\.txt": other bytes are there/);
  rmSync(join(root, 'data/images'), { recursive: true });
  writeFileSync(join(cache, '5b/bf5a52328e7439ae6e719dfe712200'), 'other');
  rmSync(join(cache, 'dc'), { recursive: true });
  await refused(
    /Cannot import 2 of 2 files: "data\/images\/2\.txt" \(dc60dee315eba66ed4d975b939b8054b\) is not in "\.dvc\/cache", "data\/images\/cats\/1\.png" \(\.dvc\/cache\S+\) is damaged/,
  );
  writeFileSync(join(cache, '42/1c499845a5dde73779c09f1b9ecd46.dir'), '[]');
  await refused(/TG-DATA-DVC: .*1c499845a5dde73779c09f1b9ecd46\.dir" is damaged/);
  rmSync(join(cache, '42'), { recursive: true });
  await refused(/TG-DATA-DVC: .*its list of files, 421c499845a5dde73779c09f1b9ecd46\.dir, is not in/);
  // a list with the right MD5 that leads out of the folder
  write({
    'data/images.dvc': 'outs:\n- md5: 664daf6b4b5900451b927ce948979e52.dir\n  hash: md5\n  path: images\n',
    '.dvc/cache/files/md5/66/4daf6b4b5900451b927ce948979e52.dir': '[{"md5": "b202f333fba4fd38d4b8e5e693077aab", "relpath": "../../evil"}]',
  });
  await refused(/TG-DATA-DVC: .* names "\.\.\/\.\.\/evil", which is no path in that folder/);
  write({ 'data/images.dvc': 'outs:\n- path: images\n  files: []\n' });
  await refused(/TG-DATA-DVC: .*it has no MD5/);
  assert.ok(!existsSync(join(root, 'data/images')));
});
