import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type EndedAtChange, runUntilChange } from '../../../../runtime/src/test-kill-at-change.ts';
import { tidegateProgram } from '../../../../runtime/src/test-program.ts';

interface Said {
  readonly code: number | null;
  readonly text: string;
}

interface Place {
  readonly path: (name: string) => string;
  readonly write: (path: string, content: string) => void;
  readonly call: (words: readonly string[]) => Promise<Said>;
  readonly callUntil: (words: readonly string[], killAt: number | null) => Promise<EndedAtChange>;
  readonly git: (...words: readonly string[]) => string;
}

/** A project in a Git repository, with a home beside it. */
function place(t: TestContext): Place {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-two-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'project');
  const path = (name: string): string => join(root, name);
  const write: Place['write'] = (name, content) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), content);
  };
  const variables = { ...process.env, TIDEGATE_HOME: join(folder, 'home') };
  const callUntil: Place['callUntil'] = (words, killAt) => runUntilChange([tidegateProgram, ...words], { cwd: root, variables, killAt });
  const call: Place['call'] = async (words) => {
    const { code, output } = await callUntil(words, null);
    return { code, text: output };
  };
  write('tidegate.yaml', 'version: 1\ndata: { one: { from: { files: one } }, two: { from: { files: two } } }\n');
  write('.gitignore', 'one/\ntwo/\n');
  const identity = ['-c', 'user.name=T', '-c', 'user.email=t@t'];
  const git: Place['git'] = (...words) => execFileSync('git', [...identity, ...words], { cwd: root, encoding: 'utf8' });
  git('init', '-q', '-b', 'main');
  return { path, write, call, callUntil, git };
}

const manyFiles = 400;

function writeMany({ write }: Place, dataset: string, mark: string): void {
  for (let index = 0; index < manyFiles; index++) write(`${dataset}/${index}.bin`, `${mark} ${index} `.repeat(3_000));
}

test('of two people at one project one is killed at any moment, and the other goes on without waiting for a lock and without a word about one', async (t) => {
  const at = place(t);
  for (const dataset of ['one', 'two']) writeMany(at, dataset, 'first');

  assert.equal((await at.call(['data', 'commit'])).code, 0); // it makes folders of the store
  writeMany(at, 'one', 'second');
  const { changes } = await at.callUntil(['data', 'commit', 'one'], null);

  for (const [round, share] of [0.05, 0.25, 0.5, 0.75, 0.9].entries()) {
    writeMany(at, 'one', `round ${round}`);
    at.write('two/0.bin', `round ${round}`);
    const [first, other] = await Promise.all([
      at.callUntil(['data', 'commit', 'one'], Math.ceil(share * changes)),
      at.call(['data', 'commit', 'two']),
    ]);
    assert.ok(first.killed, `at ${share} of ${changes} changes: ${first.output}`);
    assert.equal(other.code, 0, other.text);
    assert.doesNotMatch(other.text, /locked|delete/i);
    const placed = await at.call(['data', 'checkout', 'two']);
    assert.equal(placed.code, 0, placed.text);
  }

  const committed = await at.call(['data', 'commit']);
  assert.equal(committed.code, 0, committed.text);
  rmSync(at.path('one'), { recursive: true });
  assert.equal((await at.call(['data', 'checkout', 'one'])).code, 0);
  for (let index = 0; index < manyFiles; index++)
    assert.ok(readFileSync(at.path(`one/${index}.bin`), 'utf8') === `round 4 ${index} `.repeat(3_000), `one/${index}.bin`);
  const checked = await at.call(['store', 'fsck']);
  assert.equal(checked.code, 0, checked.text);
});

/** Bytes of all files below a folder. */
function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

test('a branch costs nothing, and one changed file on it costs itself and the records on its path, in the store and in the remote', async (t) => {
  const at = place(t);
  const remote = at.path('../remote');
  at.write('tidegate.yaml', `version: 1\nremote: { folder: ${remote} }\ndata: { one: { from: { files: one } } }\n`);
  writeMany(at, 'one', 'first'); // some 10 MB
  const commit = async (subject: string): Promise<void> => {
    const { code, text } = await at.call(['data', 'commit']);
    assert.equal(code, 0, text);
    at.git('add', '.');
    at.git('commit', '-q', '--allow-empty', '-m', subject);
    assert.equal((await at.call(['data', 'push'])).code, 0);
  };
  await commit('Start');
  const objects = (): number => bytesBelow(at.path('../home/objects'));
  const [whole, shared] = [objects(), bytesBelow(remote)];

  at.git('switch', '-q', '-c', 'side');
  await commit('Nothing');
  assert.deepEqual([objects() - whole < 200_000, bytesBelow(remote) - shared < 20_000], [true, true]);
  const [before, sharedBefore] = [objects(), bytesBelow(remote)];
  at.write('one/7.bin', 'changed '.repeat(5_000));
  await commit('One file');

  // the file, records on its path, what was measured, and whole pages of the database that has the records
  assert.ok(objects() - before < 300_000, `${objects() - before} bytes more in the store`);
  assert.ok(bytesBelow(remote) - sharedBefore < 40_000, `${bytesBelow(remote) - sharedBefore} bytes more in the remote`);
});

test('what cannot be written in the middle ends a verb with a reason, and leaves the pins and the working tree as they were', async (t) => {
  const at = place(t);
  writeMany(at, 'one', 'first');
  at.write('two/a', 'a');
  assert.equal((await at.call(['data', 'commit'])).code, 0);
  writeMany(at, 'one', 'second');
  assert.equal((await at.call(['data', 'commit', 'one'])).code, 0);
  const lock = readFileSync(at.path('tidegate.lock'), 'utf8');
  const limited = (...words: readonly string[]): Said => {
    // no file of more than 16 units of 512 bytes: what the store and the working tree get is longer
    const command = `ulimit -f 16; exec "$@"`;
    try {
      const argv = ['-c', command, 'sh', process.execPath, tidegateProgram, ...words];
      return {
        code: 0,
        text: execFileSync('/bin/sh', argv, {
          cwd: at.path('.'),
          env: { ...process.env, TIDEGATE_HOME: at.path('../home') },
          encoding: 'utf8',
          stdio: 'pipe',
        }),
      };
    } catch (error) {
      const { status, stderr } = error as { readonly status: number | null; readonly stderr: string };
      return { code: status, text: stderr };
    }
  };

  writeMany(at, 'one', 'third');
  const add = limited('data', 'add', 'one');
  assert.notEqual(add.code, 0);
  assert.match(add.text, /TG-STORE-(DISK-FULL|NOT-WRITABLE|STATE)/, add.text);
  assert.equal(readFileSync(at.path('tidegate.lock'), 'utf8'), lock);
  assert.equal((await at.call(['data', 'add', 'one'])).code, 0);
  rmSync(at.path('one/3.bin'));
  const placed = limited('data', 'checkout', 'one');
  assert.notEqual(placed.code, 0);
  assert.ok(!existsSync(at.path('one/3.bin')));
  assert.deepEqual(
    readdirSync(at.path('one')).filter((name) => !/^\d+\.bin$/.test(name)),
    [],
  );
  const whole = await at.call(['data', 'checkout', 'one']);
  assert.equal(whole.code, 0, whole.text);
  assert.equal(readFileSync(at.path('one/3.bin'), 'utf8'), 'second 3 '.repeat(3_000));
});
