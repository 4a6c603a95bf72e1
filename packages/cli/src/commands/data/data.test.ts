import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { DatasetStatus } from '@tidegate/core';
import type { Printed } from '../../test-command-line.ts';
import { testPlace } from '../../test-place.ts';

interface Place {
  readonly call: (...words: readonly string[]) => Promise<Printed>;
  /** The same on a terminal, which `TERM` names. */
  readonly screen: (term: string, ...words: readonly string[]) => Promise<Printed>;
  readonly json: <T>(...words: readonly string[]) => Promise<T>;
  readonly write: (path: string, text: string) => void;
  readonly path: (name: string) => string;
  readonly git: (...words: readonly string[]) => string;
}

/** A project with a dataset of images, which are files of any kind. */
function place(t: TestContext, yaml = 'version: 1\ndata: { images: { from: { files: images } } }\n'): Place {
  const { call, ...at } = testPlace(t, { files: { 'tidegate.yaml': yaml } });
  return {
    ...at,
    call: (...words) => call(words),
    screen: (term, ...words) => call(words, { variables: { TERM: term }, terminals: ['stdout', 'stderr'] }),
    json: async (...words) => JSON.parse((await call([...words, '--json'])).stdout),
  };
}

const changes = ([status]: readonly DatasetStatus[]): readonly (readonly string[])[] =>
  [status?.added ?? [], status?.notAdded ?? []].map((all) => all.map(({ path, change }) => `${change} ${path}`));

test('files are added, committed as a version, changed and committed again; status tells what is not yet in a version', async (t) => {
  const { call, json, write, path } = place(t);
  write('images/a/1.png', 'one');
  write('images/run.sh', '#!/bin/sh');
  chmodSync(path('images/run.sh'), 0o755);
  symlinkSync('a/1.png', path('images/latest.png'));

  assert.deepEqual(changes(await json('data', 'status')), [[], ['added images/a/1.png', 'added images/latest.png', 'added images/run.sh']]);
  const dry = await json<readonly { readonly tree: string }[]>('data', 'add', '--dry-run');
  const added = await json<readonly { readonly tree: string; readonly files: number }[]>('data', 'add', 'images');
  assert.equal(dry[0]?.tree, added[0]?.tree);
  assert.deepEqual(changes(await json('data', 'status')), [['added images/a/1.png', 'added images/latest.png', 'added images/run.sh'], []]);

  const first = await call('data', 'commit', 'images');
  assert.equal(first.code, 0, first.stderr);
  assert.match(readFileSync(path('tidegate.lock'), 'utf8'), /images: sha256:/);
  assert.deepEqual(changes(await json('data', 'status')), [[], []]);
  assert.match((await call('data', 'commit')).stdout, /as before/);

  write('images/a/1.png', 'edited');
  rmSync(path('images/run.sh'));
  const status = await json<readonly DatasetStatus[]>('data', 'status');
  assert.deepEqual(changes(status), [[], ['changed images/a/1.png', 'changed images/latest.png', 'removed images/run.sh']]);
  await call('data', 'commit', 'images');
  assert.deepEqual(changes(await json('data', 'status')), [[], []]);
});

test('any version comes back by its digest or by a commit: only what differs is written, and nothing that no version has is lost', async (t) => {
  const { call, json, write, path, git } = place(t);
  git('init', '-q', '-b', 'main');
  for (const [name, text] of [
    ['same', 'same'],
    ['edited', 'one'],
    ['old/gone', 'gone'],
  ] as const)
    write(`images/${name}.txt`, text);
  await call('data', 'commit');
  git('add', 'tidegate.lock');
  git('commit', '-qm', 'One');
  write('images/edited.txt', 'two');
  write('images/new.txt', 'new');
  rmSync(path('images/old'), { recursive: true });
  await call('data', 'commit');
  const untouched = statSync(path('images/same.txt')).ctimeMs;
  write('images/note.txt', 'of nobody');

  const dry = await json<{ readonly written: readonly string[] }>('data', 'checkout', 'images', 'main', '--dry-run');
  assert.equal(readFileSync(path('images/edited.txt'), 'utf8'), 'two');
  const placed = await json<{ readonly written: readonly string[]; readonly removed: readonly string[] }>(
    'data',
    'checkout',
    'images',
    'HEAD',
  );

  assert.deepEqual(dry.written, placed.written);
  assert.deepEqual(placed.written, ['images/edited.txt', 'images/old/gone.txt']);
  assert.deepEqual(placed.removed, ['images/new.txt']);
  assert.equal(readFileSync(path('images/edited.txt'), 'utf8'), 'one');
  assert.equal(statSync(path('images/same.txt')).ctimeMs, untouched);
  assert.deepEqual(readdirSync(path('images')).toSorted(), ['edited.txt', 'note.txt', 'old', 'same.txt']);

  write('images/edited.txt', 'of nobody');
  const refused = await call('data', 'checkout', 'images');
  assert.match(refused.stderr, /TG-CLI-CHANGED-FILE/);
  assert.equal(readFileSync(path('images/edited.txt'), 'utf8'), 'of nobody');
  await call('data', 'checkout', 'images', '--force');
  assert.deepEqual(readdirSync(path('images')).toSorted(), ['edited.txt', 'new.txt', 'note.txt', 'same.txt']);
  assert.match((await call('data', 'checkout', 'images', 'nowhere')).stderr, /TG-CLI-NOT-FOUND.*"nowhere"/);
});

test('a version is looked into without being here: its folders, and a text file', async (t) => {
  const { call, json, write, path } = place(t);
  write('images/a/1.txt', 'first');
  write('images/b.bin', '\x00\x01');
  write('images/evil\x1b[2Jname.txt', 'x');
  await call('data', 'commit');
  rmSync(path('images'), { recursive: true });

  const listing = await json<{ readonly folders: readonly unknown[]; readonly files: readonly { readonly path: string }[] }>(
    'data',
    'ls',
    'images',
    'images/',
  );
  assert.deepEqual(listing.folders, [{ path: 'images/a', files: 1, bytes: 5 }]);
  assert.deepEqual(
    listing.files.map((file) => file.path),
    ['images/b.bin', 'images/evil\x1b[2Jname.txt'],
  );
  const shown = await call('data', 'ls', 'images', 'images');
  assert.ok(!shown.stdout.includes('\x1b[2J'));
  assert.match(shown.stdout, /\$'images\/evil\\u001b\[2Jname\.txt'/);
  assert.equal((await call('data', 'cat', 'images', 'images/a/1.txt')).poured.toString(), 'first');
  assert.match((await call('data', 'cat', 'images', 'images/none.txt')).stderr, /TG-CLI-NOT-FOUND/);
  assert.match((await call('data', 'ls', 'images', 'sounds')).stderr, /TG-CLI-NOT-FOUND/);
});

test('a file of a version comes byte for byte, and on a terminal as text that can do nothing to it', async (t) => {
  const { call, json, screen, write, path } = place(t);
  const hostile = '\ufeffname\tnote\r\n\x1b]52;c;ZXZpbA==\x07\x1b[2J\x1bP1;1|x\x1b\\red\x9b31m\rHarmless';
  const binary = Buffer.from([0, 255, 254, 10, 13, 27, 91, 50, 74]);
  const long = Buffer.alloc(3_000_000, binary);
  write('images/note.txt', hostile);
  writeFileSync(path('images/cat.png'), binary);
  writeFileSync(path('images/long.png'), long);
  await call('data', 'commit');
  rmSync(path('images'), { recursive: true });

  const pipe = async (name: string): Promise<Printed> => call('data', 'cat', 'images', `images/${name}`);
  const { poured, stdout } = await pipe('note.txt');
  assert.deepEqual([poured.toString(), stdout], [hostile, '']);
  assert.deepEqual((await pipe('cat.png')).poured, binary);
  assert.ok((await pipe('long.png')).poured.equals(long));

  for (const term of ['xterm-256color', 'dumb']) {
    const shown = await screen(term, 'data', 'cat', 'images', 'images/note.txt');
    assert.equal(shown.stdout, '\ufeffname\tnote\n\ufffdP1;1|x\ufffd\\red\ufffd31m\ufffdHarmless\n', term);
    assert.equal(shown.poured.length, 0);
  }
  const refused = await screen('xterm-256color', 'data', 'cat', 'images', 'images/cat.png');
  assert.deepEqual([refused.stdout, refused.poured.length, refused.code], ['', 0, 2]);
  assert.match(refused.stderr, /TG-CLI-USAGE.*its bytes are no text[^]*Send it to a file/);
  assert.deepEqual(await json('data', 'cat', 'images', 'images/note.txt'), { path: 'images/note.txt', text: hostile });
});

test('a version is written as a plain folder with its links and modes, whole or not at all', async (t) => {
  const { call, write, path } = place(t);
  write('images/run.sh', '#!/bin/sh');
  chmodSync(path('images/run.sh'), 0o755);
  symlinkSync('run.sh', path('images/again.sh'));
  await call('data', 'commit');

  const { code, stderr } = await call('data', 'export', 'images', '../out/here');
  assert.equal(code, 0, stderr);
  assert.equal(readFileSync(path('../out/here/images/run.sh'), 'utf8'), '#!/bin/sh');
  assert.equal(statSync(path('../out/here/images/run.sh')).mode & 0o777, 0o755);
  assert.equal(readlinkSync(path('../out/here/images/again.sh')), 'run.sh');
  assert.match((await call('data', 'export', 'images', '../out/here')).stderr, /TG-CLI-USAGE: Cannot write into .*: something is in it/s);
  assert.deepEqual(readdirSync(path('../out')), ['here']);
});

test('a folder from elsewhere is imported and never writes over what is there; damage in the store is found by its path', async (t) => {
  const { call, json, write, path } = place(t);
  write('../cats/a/1.png', 'one'.repeat(9_000));
  write('../cats/2.png', 'two');

  const dry = await json<{ readonly paths: readonly string[] }>('data', 'import', 'images', '../cats', '--dry-run');
  assert.deepEqual(dry.paths, ['images/2.png', 'images/a/1.png']);
  assert.ok(!existsSync(path('images')));
  assert.equal((await call('data', 'import', 'images', '../cats')).code, 0);
  assert.match(
    (await call('data', 'import', 'images', '../cats')).stderr,
    /TG-CLI-USAGE: Cannot import .*: "images\/2\.png" is there already/s,
  );
  await call('data', 'commit');
  assert.match((await call('data', 'verify')).stdout, /2 files, 27 kB: sound/);

  const { digest } =
    (await json<{ readonly files: readonly { readonly digest: string }[] }>('data', 'ls', 'images', 'images/a')).files[0] ?? assert.fail();
  const object = join(path('..'), 'home', 'objects', digest.slice(7, 9), digest.slice(9));
  chmodSync(object, 0o644);
  writeFileSync(object, 'damaged');
  const verified = await call('data', 'verify', 'images');

  assert.equal(verified.code, 1);
  assert.match(verified.stdout, /1 damaged, 0 missing/);
  assert.match(verified.stdout, /! images\/a\/1\.png/);
  assert.match((await call('data', 'gc', '--dry-run')).stdout, /Would go: /);
});
