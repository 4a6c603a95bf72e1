import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { cacheFolderNamed } from './dvc-config.ts';

test('the cache is where the configuration of the repository, or else of the user or the machine says, in quotes or not', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-dvc-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const named = (variables: { readonly [name: string]: string } = {}, system = 'linux'): Promise<string | null> =>
    cacheFolderNamed({
      own: join(folder, 'repo/.dvc'),
      system,
      variables: { HOME: join(folder, 'home'), XDG_CONFIG_DIRS: join(folder, 'etc'), ...variables },
    });

  assert.equal(await named(), null);
  write('etc/dvc/config', '[cache]\n    dir = /of/the/machine\n');
  assert.equal(await named(), '/of/the/machine');
  write('elsewhere/config', '[cache]\ndir = beside\n');
  assert.equal(await named({ DVC_SYSTEM_CONFIG_DIR: join(folder, 'elsewhere') }), join(folder, 'elsewhere/beside'));
  write('home/Library/Application Support/dvc/config', '[cache]\ndir = /of/a/mac\n');
  assert.equal(await named({}, 'darwin'), '/of/a/mac');
  write('home/.config/dvc/config', '[cache]\ndir = /of/the/user\n');
  assert.equal(await named(), '/of/the/user');
  assert.equal(await named({ XDG_CONFIG_HOME: join(folder, 'none') }), '/of/the/machine');
  assert.equal(await named({ DVC_GLOBAL_CONFIG_DIR: join(folder, 'elsewhere') }), join(folder, 'elsewhere/beside'));

  for (const [value, expected] of [
    ['"/mnt/all data"', '/mnt/all data'],
    ["'../../kept elsewhere'  # with the others", join(folder, 'kept elsewhere')],
    ['../../kept elsewhere # with the others', join(folder, 'kept elsewhere')],
    ['"/mnt/number #1"', '/mnt/number #1'],
    ['""', '/of/the/user'],
  ] as const) {
    write(
      'repo/.dvc/config',
      `[core]\n    dir = /no\n['remote "dir"']\n    dir = /no\n[Cache]  # of all\n    type = copy\n    Dir = ${value}\n`,
    );
    assert.equal(await named(), expected, value);
  }
  write('repo/.dvc/config.local', '[cache]\n    dir = /mine\n');
  assert.equal(await named(), '/mine');
});
