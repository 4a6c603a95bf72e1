import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Person, personAt, sound } from '../../test-person.ts';

interface Committing extends Person {
  /** Makes a version of every dataset and commits the lock. */
  readonly commit: (subject: string) => void;
}

function person(folder: string, name: string, clones: string | null): Committing {
  const self = personAt({ root: join(folder, name, 'project'), home: join(folder, name, 'home'), name });
  sound(clones === null ? self.git('init', '-q', '-b', 'main') : self.git('clone', '-q', clones, '.'));
  const commit = (subject: string): void => {
    sound(self.tidegate('data', 'commit'));
    sound(self.git('add', '.'));
    sound(self.git('commit', '-q', '-m', subject));
  };
  return { ...self, commit };
}

function makeFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidegate-merge-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const yaml = (remote: string): string => `version: 1
remote: { folder: ${remote} }
data:
  images: { from: { files: images } }
  towns: { from: { files: data/towns/*.csv } }
`;

const start = {
  '.gitignore': 'images/\ndata/\n',
  'images/a.png': 'a',
  'images/b.png': 'b',
  'data/towns/a.csv': 'name\nOban\n',
};

test('two branches that change different files of one dataset merge in Git, and the version is the one that these files make anyway', (t) => {
  const folder = makeFolder(t);
  const one = person(folder, 'one', null);
  one.write({ ...start, 'tidegate.yaml': yaml(join(folder, 'remote')) });
  sound(one.tidegate('hooks', 'install'));
  one.commit('Start');
  sound(one.git('switch', '-q', '-c', 'side'));
  one.write({ 'images/b.png': null, 'images/c.png': 'c', 'data/towns/b.csv': 'name\nTarbert\n' });
  one.commit('Side');
  sound(one.git('switch', '-q', 'main'));
  one.write({ 'images/a.png': 'A', 'data/towns/c.csv': 'name\nKeills\n' });
  one.commit('Main');

  const said = sound(one.git('merge', 'side', '-m', 'Merge'));

  assert.match(said, /tidegate: data\.images was moved on both sides, and is merged to [0-9a-f]{12}\n/);
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => one.read(`images/${name}.png`)),
    ['A', null, 'c'],
  );
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => one.read(`data/towns/${name}.csv`)),
    ['name\nOban\n', 'name\nTarbert\n', 'name\nKeills\n'],
  );
  assert.equal(sound(one.git('status', '--short')), '');
  assert.match(sound(one.tidegate('data', 'commit')), /data\.images: version \w+, as before\.\n[^]*data\.towns: version \w+, as before\./);
});

test('what another machine has is merged with one command, and what both changed is named and settled by a side', (t) => {
  const folder = makeFolder(t);
  const one = person(folder, 'one', null);
  one.write({ ...start, 'tidegate.yaml': yaml(join(folder, 'remote')) });
  one.commit('Start');
  sound(one.tidegate('data', 'push'));
  const two = person(folder, 'two', join(folder, 'one/project'));
  sound(two.tidegate('hooks', 'install'));
  sound(two.tidegate('data', 'pull'));
  one.write({ 'images/a.png': 'of one', 'images/c.png': 'c' });
  one.commit('One');
  sound(one.tidegate('data', 'push'));
  two.write({ 'images/a.png': 'of two', 'images/b.png': null });
  two.commit('Two');

  const pulled = two.git('pull', '-q', '--no-rebase', 'origin', 'main');

  assert.equal(pulled.code, 1);
  assert.match(pulled.text, /data\.images was moved on both sides[^]*Run "tidegate data merge images" to merge both/);
  const refused = two.tidegate('data', 'merge', 'images');
  assert.equal(refused.code, 1);
  assert.match(refused.text, /data\.images cannot be merged by itself:\n {2}images\/a\.png: changed on both sides\n/);
  assert.equal(two.read('images/a.png'), 'of two');
  assert.match(sound(two.tidegate('data', 'merge', 'images', '--prefer', 'theirs', '--dry-run')), /would be merged to/);
  assert.match(two.read('tidegate.lock') ?? '', /<<<<<<</);

  const settled = sound(two.tidegate('data', 'merge', '--prefer', 'theirs'));

  assert.match(
    settled,
    /data\.images: merged to version \w+, 2 files\.\ndata\.images: 2 files written, 0 removed\.\nThen run: git add tidegate\.lock\n/,
  );
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => two.read(`images/${name}.png`)),
    ['of one', null, 'c'],
  );
  sound(two.git('commit', '-q', '-a', '-m', 'Merge'));
  assert.match(two.tidegate('data', 'merge').text, /TG-CLI-USAGE.*no merge of Git's has left its pin in conflict/);
});

test('rows of a table that was read from a database merge by key, and a merge without Git takes what a branch pins', (t) => {
  const folder = makeFolder(t);
  const one = person(folder, 'one', null);
  const rows = (statements: string): void =>
    assert.equal(
      spawnSync(
        'python3',
        ['-c', `import sqlite3,sys; c=sqlite3.connect('towns.db'); c.executescript(sys.argv[1]); c.commit()`, statements],
        { cwd: join(folder, 'one/project') },
      ).status,
      0,
    );
  one.write({
    '.gitignore': '*.db\n',
    'tidegate.yaml': 'version: 1\ndata:\n  towns: { from: { sqlite: { file: towns.db, table: towns } } }\n',
  });
  rows(
    "CREATE TABLE towns (id INTEGER PRIMARY KEY, name TEXT, people INTEGER); INSERT INTO towns VALUES (1, 'Oban', 1), (2, 'Tarbert', 2), (3, 'Keills', 3)",
  );
  const commit = (subject: string): void => {
    sound(one.tidegate('data', 'add', 'towns'));
    sound(one.tidegate('data', 'commit', 'towns'));
    sound(one.git('add', '.'));
    sound(one.git('commit', '-q', '-m', subject));
  };
  sound(one.tidegate('hooks', 'install'));
  commit('Start');
  sound(one.git('switch', '-q', '-c', 'side'));
  rows("UPDATE towns SET people = 10 WHERE id = 1; INSERT INTO towns VALUES (4, 'Lochgair', 4)");
  commit('Side');
  sound(one.git('switch', '-q', 'main'));
  rows("UPDATE towns SET people = 1, name = 'An t-Òban' WHERE id = 1; DELETE FROM towns WHERE id IN (2, 4)");
  commit('Main');

  sound(one.git('merge', '-q', 'side', '-m', 'Merge'));

  assert.match(
    sound(one.tidegate('data', 'diff', 'towns', 'HEAD^', 'HEAD')),
    /1 row added, 0 rows removed, 1 row changed, by id[^]*\+ id=4 name="Lochgair" people=4\n[^]*~ id=1 people: 1 → 10\n/,
  );
  sound(one.git('reset', '-q', '--hard', 'HEAD^'));
  assert.match(sound(one.tidegate('data', 'merge', 'towns', '--from', 'side')), /data\.towns: merged to version \w+, 1 file, 3 rows\./);
});
