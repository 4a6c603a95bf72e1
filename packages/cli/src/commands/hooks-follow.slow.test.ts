import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Person, personAt, sound } from '../test-person.ts';
import { makeRig, type Rig } from './test-hooks-rig.ts';

/** Main has one town; the branch `more` has it changed, and another file. */
function twoBranches(rig: Rig): void {
  sound(rig.tidegate('hooks', 'install'));
  rig.commitData('One town');
  sound(rig.git('switch', '-q', '-c', 'more'));
  rig.write({ 'data/towns/a.csv': 'name\nTarbert\n', 'data/towns/b.csv': 'name\nKeills\n' });
  rig.commitData('More towns');
}

const townsOf = ({ read }: Person): readonly (string | null)[] => [read('data/towns/a.csv'), read('data/towns/b.csv')];
const few = ['name\nOban\n', null];
const many = ['name\nTarbert\n', 'name\nKeills\n'];

test('data follows a stash that takes its lock away and brings it back, and a hard reset; what is in no version stays', (t) => {
  const rig = makeRig(t);
  sound(rig.tidegate('hooks', 'install'));
  rig.commitData('One town');
  rig.write({ 'data/towns/a.csv': 'name\nTarbert\n', 'data/towns/b.csv': 'name\nKeills\n' });
  sound(rig.tidegate('data', 'commit', 'towns'));

  assert.match(sound(rig.git('stash')), /tidegate: data\.towns is at [0-9a-f]{12}: 1 file placed, 1 taken away/);
  assert.deepEqual(townsOf(rig), few);
  sound(rig.git('stash', 'pop'));
  assert.deepEqual(townsOf(rig), many);
  rig.write({ 'data/towns/c.csv': 'name\nmine\n', 'data/towns/a.csv': 'name\nmine too\n' });
  assert.match(sound(rig.git('reset', '--hard')), /"data\/towns\/a\.csv" left as it is: changed, and no version has that/);
  assert.deepEqual([...townsOf(rig), rig.read('data/towns/c.csv')], ['name\nmine too\n', null, 'name\nmine\n']);
  sound(rig.git('stash', '--include-untracked', '--quiet'));
  assert.equal(rig.read('data/towns/c.csv'), 'name\nmine\n');
});

test('a stash of code, and work on data that no lock names yet, leave every file of a dataset as it is', (t) => {
  const rig = makeRig(t);
  sound(rig.tidegate('hooks', 'install'));
  rig.write({ 'train.py': 'one' });
  rig.commitData('One town');
  rig.write({ 'data/towns/a.csv': 'name\nTarbert\n', 'train.py': 'two' });
  sound(rig.tidegate('data', 'add', 'towns'));
  rig.write({ 'data/towns/a.csv': 'name\nOban\n' });
  rig.write({ 'data/towns/b.csv': 'name\nKeills\n' });
  sound(rig.tidegate('data', 'add', 'towns'));

  assert.doesNotMatch(sound(rig.git('stash')), /data\.towns/);
  assert.doesNotMatch(sound(rig.git('stash', 'pop')), /data\.towns/);

  assert.deepEqual(townsOf(rig), ['name\nOban\n', 'name\nKeills\n']);
});

test('data follows every step of a bisection and its end', (t) => {
  const rig = makeRig(t);
  sound(rig.tidegate('hooks', 'install'));
  for (const town of ['Oban', 'Tarbert', 'Keills', 'Inveraray']) {
    rig.write({ 'data/towns/a.csv': `name\n${town}\n` });
    rig.commitData(town);
  }
  const atHead = (): void => assert.equal(rig.read('data/towns/a.csv'), `name\n${sound(rig.git('log', '-1', '--format=%s')).trim()}\n`);

  sound(rig.git('bisect', 'start', 'HEAD', 'HEAD~3'));
  atHead();
  const script = `grep -q "$(git log -1 --format=%s)" data/towns/a.csv || exit 128; ! grep -q Inveraray data/towns/a.csv`;
  assert.match(sound(rig.git('bisect', 'run', 'sh', '-c', script)), /is the first bad commit/);
  sound(rig.git('bisect', 'reset'));
  atHead();
});

test('data is as the last commit says after a rebase of several, one that stops at a conflict, and one that is given up', (t) => {
  const rig = makeRig(t);
  twoBranches(rig);
  rig.write({ 'data/towns/c.csv': 'name\nCrinan\n' });
  rig.commitData('Yet more towns');
  sound(rig.git('switch', '-q', 'main'));
  rig.write({ 'data/rivers.csv': 'name\nEtive\n' });
  rig.commitData('Rivers');
  sound(rig.git('switch', '-q', 'more'));

  sound(rig.git('rebase', '-q', 'main'));
  assert.deepEqual(
    [...townsOf(rig), rig.read('data/towns/c.csv'), rig.read('data/rivers.csv')],
    [...many, 'name\nCrinan\n', 'name\nEtive\n'],
  );

  sound(rig.git('switch', '-q', 'main'));
  rig.write({ 'data/towns/a.csv': 'name\nInveraray\n' });
  rig.commitData('Other towns');
  sound(rig.git('switch', '-q', 'more'));
  rig.write({ 'data/towns/mine.csv': 'name\nmine\n' });
  const stopped = rig.git('rebase', 'main');
  assert.equal(stopped.code, 1, stopped.text);
  assert.equal(rig.read('data/towns/mine.csv'), 'name\nmine\n');
  sound(rig.git('rebase', '--abort'));
  assert.deepEqual([...townsOf(rig), rig.read('data/towns/c.csv')], [...many, 'name\nCrinan\n']);
  assert.equal(rig.read('data/towns/mine.csv'), 'name\nmine\n');
});

test('working trees of one repository have their data each, and one that goes takes none of another along', (t) => {
  const rig = makeRig(t);
  twoBranches(rig);
  const other = join(rig.folder, 'other');
  const there = (path: string): string | null => (existsSync(join(other, path)) ? readFileSync(join(other, path), 'utf8') : null);

  sound(rig.git('worktree', 'add', '-q', other, 'main'));
  assert.deepEqual(['data/towns/a.csv', 'data/towns/b.csv'].map(there), few);
  sound(rig.git('-C', other, 'reset', '-q', '--hard', 'more'));
  assert.deepEqual(['data/towns/a.csv', 'data/towns/b.csv'].map(there), many);
  assert.deepEqual(townsOf(rig), many);
  sound(rig.git('switch', '-q', '--detach', 'more~1'));
  assert.deepEqual(['data/towns/a.csv', 'data/towns/b.csv'].map(there), many);
  assert.deepEqual(townsOf(rig), few);
  sound(rig.git('worktree', 'remove', '--force', other));
  assert.deepEqual(townsOf(rig), few);
});

test('in a sparse check-out data follows where the project is, and nothing is made where it is not', (t) => {
  const rig = makeRig(t, 'models/houses');
  writeFileSync(join(rig.root, 'README.md'), 'Read me\n');
  mkdirSync(join(rig.root, 'docs'));
  writeFileSync(join(rig.root, 'docs/page.md'), 'A page\n');
  twoBranches(rig);
  rmSync(join(rig.root, 'models/houses/data'), { recursive: true });

  sound(rig.git('sparse-checkout', 'set', 'docs'));
  assert.equal(existsSync(join(rig.root, 'models')), false);
  sound(rig.git('switch', '-q', 'main'));
  assert.equal(existsSync(join(rig.root, 'models')), false);
  sound(rig.git('sparse-checkout', 'add', 'models/houses'));
  sound(rig.tidegate('data', 'checkout', 'towns')); // Git tells nobody that the project has come
  assert.deepEqual(townsOf(rig), few);
  sound(rig.git('switch', '-q', 'more'));
  assert.deepEqual(townsOf(rig), many);
});

test('in a shallow clone data follows as far as its history goes, and says what is not on the machine', (t) => {
  const rig = makeRig(t);
  rig.write({ 'tidegate.yaml': `${rig.read('tidegate.yaml') ?? ''}remote: { folder: ${join(rig.folder, 'remote')} }\n` });
  twoBranches(rig);
  sound(rig.tidegate('data', 'push'));
  const clone = join(rig.folder, 'clone');
  sound(rig.git('clone', '-q', '--depth', '1', '--branch', 'more', `file://${rig.root}`, clone));
  const at = personAt({ root: clone, home: join(rig.folder, 'other-home') });
  sound(at.tidegate('hooks', 'install'));

  assert.match(sound(at.git('checkout', '-q', 'HEAD', '--', 'tidegate.lock')), /data\.towns.*(not on this machine|data pull)/);
  sound(at.tidegate('data', 'pull'));
  assert.deepEqual(townsOf(at), many);
  sound(at.git('fetch', '-q', '--unshallow', 'origin', 'main:main', '+more:refs/remotes/origin/more'));
  assert.match(sound(at.git('switch', 'main')), /data\.towns/);
  sound(at.tidegate('data', 'pull'));
  assert.deepEqual(townsOf(at), few);
  sound(at.git('switch', '-q', 'more'));
  assert.deepEqual(townsOf(at), many);
});

test('a project that is a submodule is followed like any other, and files that a submodule in a dataset tracks are its own', (t) => {
  const rig = makeRig(t);
  const allow = ['-c', 'protocol.file.allow=always'];
  twoBranches(rig);
  const above = join(rig.folder, 'above');
  execFileSync('git', ['init', '-q', '-b', 'main', above]);
  const top = personAt({ root: above, home: rig.home });
  sound(top.git(...allow, 'submodule', '--quiet', 'add', '-b', 'main', rig.root, 'houses'));
  const at = personAt({ root: join(above, 'houses'), home: rig.home });
  sound(at.tidegate('hooks', 'install'));

  sound(at.git('checkout', '-q', '--detach', 'origin/more'));
  assert.deepEqual(townsOf(at), many);
  sound(top.git('add', '.'));
  sound(top.git('commit', '-q', '-m', 'More'));
  sound(at.git('checkout', '-q', '--detach', 'origin/main'));
  assert.deepEqual(townsOf(at), few);
  sound(top.git(...allow, 'submodule', '--quiet', 'update'));
  assert.deepEqual(townsOf(at), many);
});

test('files that a submodule below a dataset tracks are its own to place', (t) => {
  const rig = makeRig(t);
  const allow = ['-c', 'protocol.file.allow=always'];
  const lake = join(rig.folder, 'lake');
  execFileSync('git', ['init', '-q', '-b', 'main', lake]);
  const source = personAt({ root: lake, home: rig.home });
  const put = (name: string): void => {
    writeFileSync(join(lake, 'lakes.csv'), `name\n${name}\n`);
    sound(source.git('add', '.'));
    sound(source.git('commit', '-q', '-m', name));
  };
  put('Awe');
  rig.write({ '.gitignore': 'data/rivers.csv\ndata/towns/*.csv\n' });
  sound(rig.tidegate('hooks', 'install'));
  sound(rig.git(...allow, 'submodule', '--quiet', 'add', lake, 'data/towns/lakes'));
  rig.write({ 'tidegate.yaml': (rig.read('tidegate.yaml') ?? '').replace('data/towns/*.csv', 'data/towns/**/*.csv') });
  rig.commitData('Awe');
  put('Lomond');
  sound(rig.git(...allow, '-C', 'data/towns/lakes', 'pull', '-q'));
  rig.commitData('Lomond');

  sound(rig.git('switch', '-q', '--detach', 'HEAD~1'));
  assert.equal(rig.read('data/towns/lakes/lakes.csv'), 'name\nLomond\n', 'Git leaves it until "git submodule update"');
  sound(rig.git(...allow, 'submodule', '--quiet', 'update'));
  assert.equal(rig.read('data/towns/lakes/lakes.csv'), 'name\nAwe\n');
});
