import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tidegateProgram } from '../../../runtime/src/test-program.ts';
import { sound } from '../test-person.ts';
import { makeRig, yaml } from './test-hooks-rig.ts';

test('data follows git checkout and back, files that came go, and a file that no version has is left and said', (t) => {
  const rig = makeRig(t);
  sound(rig.tidegate('hooks', 'install'));
  rig.commitData('One town');
  sound(rig.git('switch', '-q', '-c', 'more'));
  rig.write({ 'data/towns/a.csv': 'name\nOban\nTarbert\n', 'data/towns/b.csv': 'name\nKeills\n' });
  rig.commitData('More towns');

  const back = sound(rig.git('switch', 'main'));

  assert.match(back, /tidegate: data\.towns is at [0-9a-f]{12}: 1 file placed, 1 taken away/);
  assert.deepEqual([rig.read('data/towns/a.csv'), rig.read('data/towns/b.csv')], ['name\nOban\n', null]);
  rig.write({ 'data/towns/a.csv': 'name\nmine\n' });
  const forth = sound(rig.git('switch', 'more'));
  assert.match(forth, /tidegate: data\.towns: "data\/towns\/a\.csv" left as it is: changed, and no version has that/);
  assert.deepEqual([rig.read('data/towns/a.csv'), rig.read('data/towns/b.csv')], ['name\nmine\n', 'name\nKeills\n']);
  rig.write({ 'data/towns/a.csv': 'name\nOban\n' });
  sound(rig.git('checkout', 'main', '--', 'tidegate.lock'));
  sound(rig.git('checkout', 'HEAD', '--', 'tidegate.lock'));
  assert.equal(rig.read('data/towns/a.csv'), 'name\nOban\nTarbert\n');
});

test('data follows a merge and a rebase, and a new working tree gets its data, in a project below the top', (t) => {
  const rig = makeRig(t, 'models/houses');
  sound(rig.tidegate('hooks', 'install'));
  rig.commitData('One town');
  sound(rig.git('switch', '-q', '-c', 'more'));
  rig.write({ 'data/towns/a.csv': 'name\nTarbert\n' });
  rig.commitData('Another town');
  sound(rig.git('switch', '-q', 'main'));

  assert.match(sound(rig.git('merge', '-q', '--no-ff', 'more', '-m', 'Merge')), /data\.towns is at/);

  assert.equal(rig.read('data/towns/a.csv'), 'name\nTarbert\n');
  sound(rig.git('worktree', 'add', '-q', join(rig.folder, 'other'), '-b', 'other', 'HEAD^'));
  assert.equal(readFileSync(join(rig.folder, 'other/models/houses/data/towns/a.csv'), 'utf8'), 'name\nOban\n');
  sound(rig.git('switch', '-q', '-c', 'side', 'HEAD^'));
  rig.write({ 'train.py': '' });
  sound(rig.git('add', '.'));
  sound(rig.git('commit', '-q', '-m', 'Code'));
  sound(rig.git('rebase', '-q', 'more'));
  assert.equal(rig.read('data/towns/a.csv'), 'name\nTarbert\n');
});

test('two branches that move different pins merge by themselves, and the same pin is said in words with both versions', (t) => {
  const rig = makeRig(t);
  sound(rig.tidegate('hooks', 'install'));
  rig.commitData('Start');
  sound(rig.git('switch', '-q', '-c', 'towns'));
  rig.write({ 'data/towns/a.csv': 'name\nTarbert\n' });
  rig.commitData('Towns');
  sound(rig.git('switch', '-q', 'main'));
  rig.write({ 'data/rivers.csv': 'name\nEtive\nAwe\n' });
  rig.commitData('Rivers');

  sound(rig.git('merge', '-q', 'towns', '-m', 'Merge'));

  assert.deepEqual([rig.read('data/towns/a.csv'), rig.read('data/rivers.csv')], ['name\nTarbert\n', 'name\nEtive\nAwe\n']);
  sound(rig.git('switch', '-q', '-c', 'late', 'HEAD~1'));
  rig.write({ 'data/towns/a.csv': 'name\nKeills\nOban\n' });
  rig.commitData('Other towns');
  const conflict = rig.git('merge', '-q', 'main', '-m', 'Merge');
  assert.equal(conflict.code, 1);
  assert.match(
    conflict.text,
    /tidegate: data\.towns was moved on both sides, from [0-9a-f]{12}:\n {2}ours {4}[0-9a-f]{12}, 1 file, 17 B, 2 rows\n {2}theirs {2}[0-9a-f]{12}, 1 file, 13 B, 1 rows?\n {2}data\/towns\/a\.csv: changed on both sides\n {2}Run "tidegate data merge towns --prefer ours"[^\n]*\nOr keep one line of each in tidegate\.lock\. Then run: git add tidegate\.lock/,
  );
  assert.match(rig.read('tidegate.lock') ?? '', /<<<<<<< ours\n {2}towns: sha256:\w+\n=======\n {2}towns: sha256:\w+\n>>>>>>> theirs\n/);
  assert.match(rig.git('status', '--short').text, /^(AA|UU) tidegate\.lock$/m);
  assert.equal(rig.read('data/towns/a.csv'), 'name\nKeills\nOban\n');
});

test('a push whose data the remote does not have is refused with the command for it, and goes through after that', (t) => {
  const rig = makeRig(t);
  execFileSync('git', ['init', '-q', '--bare', join(rig.folder, 'origin.git')]);
  sound(rig.git('remote', 'add', 'origin', join(rig.folder, 'origin.git')));
  rig.write({ 'tidegate.yaml': `${yaml}remote: { folder: ${join(rig.folder, 'remote')} }\n` });
  sound(rig.tidegate('hooks', 'install'));
  rig.write({ 'train.py': '' });
  sound(rig.git('add', '.'));
  sound(rig.git('commit', '-q', '-m', 'No data yet'));
  sound(rig.git('push', '-q', 'origin', 'main'));
  rig.commitData('Data');
  rmSync(join(rig.folder, 'remote'), { recursive: true, force: true }); // what the run has shared

  const refused = rig.git('push', '-q', 'origin', 'main');

  assert.equal(refused.code, 1);
  assert.match(refused.text, /TG-HOOKS-NOT-SHARED/);
  assert.match(refused.text, /Cannot push data\.towns [0-9a-f]{12} of [0-9a-f]{7}: the remote ".*" lacks (\d) of its \1 objects/);
  assert.match(refused.text, /Run "tidegate data push", then push again/);
  sound(rig.tidegate('data', 'push'));
  sound(rig.git('push', '-q', 'origin', 'main'));
});

test('hooks that were there come first, may refuse, and are back after uninstalling; a second installation changes nothing', (t) => {
  const rig = makeRig(t);
  const hooks = join(rig.root, 'hooks of mine');
  sound(rig.git('config', 'core.hooksPath', 'hooks of mine'));
  mkdirSync(hooks);
  const own = '#!/bin/sh\necho "mine: $1 $(cat)"\n[ ! -e refuse ]\n';
  for (const name of ['post-checkout', 'pre-push', 'pre-commit']) {
    writeFileSync(join(hooks, name), own);
    chmodSync(join(hooks, name), 0o755);
  }
  rmSync(join(hooks, 'pre-commit'));
  execFileSync('git', ['init', '-q', '--bare', join(rig.folder, 'origin.git')]);
  sound(rig.git('remote', 'add', 'origin', join(rig.folder, 'origin.git')));
  sound(rig.tidegate('hooks', 'install'));

  const installed = sound(rig.tidegate('hooks', 'install'));

  assert.match(
    installed,
    /hooks of mine\n {2}post-checkout {2,}installed, after the hook that was there\n {2}post-commit {2,}installed\n {2}post-index-change {2,}installed\n {2}post-merge {2,}installed\n/,
  );
  assert.match(installed, /merge of tidegate\.lock {2,}installed\nFor the project of this repository\.\n$/);
  rig.commitData('Start');
  assert.match(sound(rig.git('push', 'origin', 'main')), /mine: origin refs\/heads\/main [0-9a-f]{40} refs\/heads\/main 0{40}/);
  rig.write({ refuse: '' });
  assert.equal(rig.git('push', 'origin', 'main:other').code, 1);
  assert.match(
    sound(rig.tidegate('hooks', 'uninstall')),
    /post-checkout {2,}a hook of yours\n.*\n.*\n.*\n.*\n {2}pre-push {2,}a hook of yours\n {2}merge of tidegate\.lock {2,}not installed\n$/,
  );
  assert.deepEqual(readdirSync(hooks).toSorted(), ['post-checkout', 'pre-push']);
  assert.equal(readFileSync(join(hooks, 'pre-push'), 'utf8'), own);
  assert.equal(rig.git('config', '--get-regexp', '^(merge|tidegate)\\.').text, '');
});

test('data follows what Git commits itself, a pick, a revert and a merge that was settled by hand, and no commit of a person', (t) => {
  const rig = makeRig(t);
  sound(rig.tidegate('hooks', 'install'));
  rig.commitData('One town');
  sound(rig.git('switch', '-q', '-c', 'more'));
  rig.write({ 'data/towns/a.csv': 'name\nOban\nTarbert\n' });
  rig.commitData('More towns');
  sound(rig.git('switch', '-q', 'main'));

  sound(rig.git('cherry-pick', '-x', 'more')); // without its note it would be the very commit that it picks, and nothing to merge
  assert.equal(rig.read('data/towns/a.csv'), 'name\nOban\nTarbert\n');
  sound(rig.git('revert', '--no-edit', 'HEAD'));
  assert.equal(rig.read('data/towns/a.csv'), 'name\nOban\n');

  rig.write({ 'data/towns/a.csv': 'name\nKeills\n' });
  rig.commitData('Other towns');
  const ours = rig.git('show', 'HEAD:tidegate.lock').text;
  assert.equal(rig.git('merge', '-q', 'more').code, 1);
  writeFileSync(join(rig.root, 'tidegate.lock'), rig.git('show', 'more:tidegate.lock').text);
  sound(rig.git('commit', '-q', '-a', '-m', 'Theirs'));
  assert.equal(rig.read('data/towns/a.csv'), 'name\nOban\nTarbert\n');
  writeFileSync(join(rig.root, 'tidegate.lock'), ours);
  sound(rig.git('commit', '-q', '-a', '-m', 'By hand'));
  assert.equal(rig.read('data/towns/a.csv'), 'name\nOban\nTarbert\n');
});

test('hooks that Husky makes stay as they are, its scripts call ours, and the lock is merged all the same', (t) => {
  const rig = makeRig(t);
  const made = '#!/usr/bin/env sh\nn=$(basename "$0")\ns=$(dirname "$(dirname "$0")")/$n\n[ ! -f "$s" ] && exit 0\nsh -e "$s" "$@"\n';
  rig.write({
    '.husky/_/h': made,
    '.husky/_/post-checkout': '#!/usr/bin/env sh\n. "$(dirname "$0")/h"',
    '.husky/post-checkout': 'echo mine\n',
  });
  chmodSync(join(rig.root, '.husky/_/post-checkout'), 0o755);
  sound(rig.git('config', 'core.hooksPath', '.husky/_'));

  const installed = sound(rig.tidegate('hooks', 'install'));

  assert.match(installed, /post-checkout {2,}a hook of yours\n[^]*merge of tidegate\.lock {2,}installed\n/);
  assert.match(installed, /\n {2}\.husky\/post-checkout: tidegate hooks call post-checkout "\$@"\n/);
  assert.deepEqual(readdirSync(join(rig.root, '.husky/_')).toSorted(), ['h', 'post-checkout']);
  rig.write({ '.husky/post-checkout': `echo mine\n${process.execPath} ${tidegateProgram} hooks call post-checkout "$@"\n` });
  assert.match(sound(rig.tidegate('hooks')), /post-checkout {2,}installed/);
  rig.commitData('One town');
  sound(rig.git('switch', '-q', '-c', 'more'));
  rig.write({ 'data/towns/a.csv': 'name\nTarbert\n' });
  rig.commitData('Another town');
  assert.match(sound(rig.git('switch', 'main')), /mine\n[^]*data\.towns is at/);
  assert.equal(rig.read('data/towns/a.csv'), 'name\nOban\n');
});

test('without Tidegate at hand Git goes on, says so, and merges the lock as text', (t) => {
  const rig = makeRig(t);
  sound(rig.tidegate('hooks', 'install'));
  rig.commitData('Start');
  for (const path of ['.git/hooks/post-checkout', '.git/tidegate/merge-lock']) {
    const script = readFileSync(join(rig.root, path), 'utf8');
    writeFileSync(join(rig.root, path), script.replaceAll(tidegateProgram, '/nowhere/tidegate.js'));
  }

  const said = sound(rig.git('checkout', 'HEAD', '--', 'tidegate.lock'));

  assert.match(said, /tidegate: not found, so data was not looked at by the hook post-checkout/);
  assert.doesNotMatch(sound(rig.git('switch', '-c', 'towns')), /not found/, 'the lock is as it was');
  writeFileSync(join(rig.root, 'tidegate.lock'), `${rig.read('tidegate.lock') ?? ''}# theirs\n`);
  sound(rig.git('commit', '-q', '-a', '-m', 'Theirs'));
  sound(rig.git('switch', '-q', 'main'));
  writeFileSync(join(rig.root, 'tidegate.lock'), `# ours\n${rig.read('tidegate.lock') ?? ''}`);
  sound(rig.git('commit', '-q', '-a', '-m', 'Ours'));
  sound(rig.git('merge', '-q', 'towns', '-m', 'Merge'));
  assert.match(rig.read('tidegate.lock') ?? '', /^# ours\n[^]*# theirs\n$/);
});

test('hooks are refused outside of a repository, and where Git looks for those of all repositories', (t) => {
  const rig = makeRig(t);
  sound(rig.git('config', '--file', join(rig.folder, 'global'), 'core.hooksPath', join(rig.folder, 'shared')));
  const call = (cwd: string, global: string): string =>
    spawnSync(process.execPath, [tidegateProgram, 'hooks', 'install'], {
      cwd,
      env: { ...process.env, GIT_CONFIG_GLOBAL: global, GIT_CEILING_DIRECTORIES: rig.folder },
      encoding: 'utf8',
    }).stderr;

  assert.match(call(rig.root, join(rig.folder, 'global')), /TG-HOOKS-ELSEWHERE[^]*git config --local core\.hooksPath \.git\/hooks/);
  rmSync(join(rig.root, '.git'), { recursive: true });
  assert.match(call(rig.root, '/dev/null'), /TG-HOOKS-NO-REPOSITORY/);
  assert.equal(existsSync(join(rig.folder, 'shared')), false);
});
