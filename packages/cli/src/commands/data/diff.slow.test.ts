import assert from 'node:assert/strict';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import type { Printed } from '../../test-command-line.ts';
import { testPlace } from '../../test-place.ts';

const yaml = `version: 1
data:
  images: { from: { files: images } }
  houses: { from: { files: houses.csv } }
  sales: { from: { files: sales.csv }, table: { key: id } }
`;

test('what the working tree has otherwise than the pinned version, or one commit than another: files, rows, columns and values', async (t) => {
  const place = testPlace(t, { files: { 'tidegate.yaml': yaml } });
  const { path, write, git } = place;
  const call = (...words: readonly string[]): Promise<Printed> => place.call(words);
  const diff = async (...words: readonly string[]): Promise<readonly string[]> => {
    const { stdout, stderr, code } = await call('data', 'diff', ...words);
    assert.equal(code, 0, stderr);
    return stdout.trimEnd().split('\n').slice(1);
  };
  for (const name of ['edited', 'gone', 'mode', 'old']) write(`images/${name}.png`, name);
  write('houses.csv', 'area,town\n10,Oslo\n20,Rome\n');
  write('sales.csv', 'id,amount\n1,5\n2,6\n');
  assert.match((await call('data', 'diff', 'images')).stderr, /TG-CLI-NOT-FOUND: Cannot find a version of "data\.images": none is pinned/);
  assert.equal((await call('data', 'commit')).code, 0);
  git('init', '-q', '-b', 'main');
  git('add', 'tidegate.lock');
  git('commit', '-qm', 'One');
  for (const name of ['images', 'houses', 'sales'])
    assert.match((await call('data', 'diff', name)).stdout, /^data\.\w+: [0-9a-f]{12} → as it is now: nothing changed\.\n$/);

  write('images/edited.png', 'edited again');
  rmSync(path('images/gone.png'));
  chmodSync(path('images/mode.png'), 0o755);
  renameSync(path('images/old.png'), path('images/young.png'));
  write('images/new.png', 'new one');
  write('houses.csv', 'area,town,rooms\n10,Oslo,1\n30,Bern,2\n');
  write('sales.csv', 'id,amount\n1,5\n2,7\n3,8\n');
  const images = [
    '1 file added, 1 removed, 2 changed, 1 renamed.',
    '  ~ images/edited.png 6 B → 12 B',
    '  - images/gone.png 4 B',
    '  ~ images/mode.png same bytes, other mode or link',
    '  + images/new.png 7 B',
    '  > images/old.png → images/young.png 3 B',
  ];
  const houses = ['0 files added, 0 removed, 1 changed, 0 renamed.', '  ~ houses.csv 26 B → 36 B'];
  const houseRows = ['1 row added, 1 row removed, rows compared as a whole; 2 of 2 pieces read.'];
  const column = ['+ column rooms (integer)'];
  const sales = ['1 row added, 0 rows removed, 1 row changed, by id; 2 of 2 pieces read.', '  amount: changed in 1 row'];
  const check = async (...versions: readonly string[]): Promise<void> => {
    assert.deepEqual(await diff('images', ...versions), images);
    const lines = await diff('houses', ...versions);
    assert.deepEqual(lines.slice(0, 3), [...houses, ...houseRows]);
    assert.ok(lines.includes(column[0] ?? ''), lines.join('\n'));
    assert.match(lines.at(-1) ?? '', /^ {2}town: moved 0\.5\d*; .*new: Bern$|^ {2}area: moved /);
    assert.deepEqual((await diff('sales', ...versions)).slice(0, 2), sales);
  };
  await check();
  await check('main');

  // a look is no run: nothing is pinned and no version is in the history
  assert.equal(git('status', '--porcelain', 'tidegate.lock'), '');
  assert.equal((await call('data', 'log', 'houses')).stdout.trim().split('\n').length, 1);

  assert.equal((await call('data', 'commit')).code, 0);
  git('commit', '-qam', 'Two');
  await check('HEAD~1', 'HEAD');
  await check('--last');
  const { stdout } = await call('data', 'diff', 'images', 'HEAD~1', 'HEAD', '--json');
  const { fileChanges } = JSON.parse(stdout) as { readonly fileChanges: { readonly files: readonly unknown[] } };
  assert.equal(fileChanges.files.length, 5);
  assert.match(
    (await call('data', 'diff', 'images', 'HEAD~1', 'HAED')).stderr,
    /TG-CLI-NOT-FOUND: Cannot find version "HAED" of data\.images/,
  );
});
