import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOfHex } from '@tidegate/formats';
import fc from 'fast-check';
import { emptyLock, type Lock, lockText, parseLock, readLock, writeLock } from './lock.ts';

const one = digestOfHex('1'.repeat(64));
const two = digestOfHex('2'.repeat(64));

async function inFolder(work: (root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-lock-'));
  try {
    await work(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('writeLock writes sorted pins, one a line', () =>
  inFolder(async (root) => {
    await writeLock(root, {
      data: { weather: two, Flights: one },
      features: {},
      packages: { 'requirements.txt': one, 'a b': two, no: one },
    });

    assert.equal(
      readFileSync(join(root, 'tidegate.lock'), 'utf8'),
      `# Inputs that runs of this project are pinned to. Written by Tidegate; commit it.
version: 1
data:
  Flights: ${one}
  weather: ${two}
packages:
  "a b": ${two}
  "no": ${one}
  requirements.txt: ${one}
`,
    );
    assert.deepEqual(readdirSync(root), ['tidegate.lock']);
  }));

test('writeLock leaves a file alone that says the same', () =>
  inFolder(async (root) => {
    const lock = { ...emptyLock, data: { flights: one } };
    assert.equal(await writeLock(root, lock), true);
    const before = statSync(join(root, 'tidegate.lock'), { bigint: true }).ctimeNs;

    assert.equal(await writeLock(root, lock), false);
    assert.equal(statSync(join(root, 'tidegate.lock'), { bigint: true }).ctimeNs, before);
    assert.equal(await writeLock(root, { ...lock, data: { flights: two } }), true);
  }));

test('readLock gives back what writeLock wrote, whatever the names', () =>
  inFolder(async (root) => {
    const names = fc.dictionary(
      fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }).filter((name) => name !== '__proto__'),
      fc.constantFrom(one, two),
      {
        maxKeys: 6,
      },
    );
    await fc.assert(
      fc.asyncProperty(names, names, async (data, packages) => {
        const lock: Lock = { data, features: {}, packages };
        await writeLock(root, lock);
        assert.deepEqual(plain(await readLock(root)), plain(lock));
      }),
      { numRuns: 20 },
    );
  }));

test('a name with characters that YAML does not take is escaped', () =>
  inFolder(async (root) => {
    const data = { 'a\u007f\u0085\u2028\ufeff\uffffb': one, 'données.txt': two };
    await writeLock(root, { ...emptyLock, data });

    assert.deepEqual(plain((await readLock(root)).data), data);
  }));

test('readLock gives an empty lock where there is no file', () =>
  inFolder(async (root) => assert.deepEqual(await readLock(root), emptyLock)));

test('readLock reports every mistake with its place', () =>
  inFolder(async (root) => {
    writeFileSync(join(root, 'tidegate.lock'), 'version: 2\ndata:\n  flights: sha256:abc\nmodels: {}\n');

    await assert.rejects(readLock(root), (error: Error) => {
      const { diagnostics } = error as unknown as { diagnostics: readonly { place: { line: number; file: string } }[] };
      assert.deepEqual(
        diagnostics.map(({ place }) => `${place.file}:${place.line}`),
        ['tidegate.lock:1', 'tidegate.lock:3', 'tidegate.lock:4'],
      );
      return true;
    });
  }));

test('a lock file of a newer version is refused with what to install', () => {
  assert.throws(
    () => parseLock('version: 2\n'),
    (error: Error) => {
      const { diagnostics } = error as unknown as { diagnostics: readonly { code: string; hint: string }[] };
      assert.deepEqual(
        diagnostics.map(({ code, hint }) => [code, hint]),
        [['TG-CONFIG-INVALID', 'Install the newest Tidegate: npm install -g tidegate@latest']],
      );
      return true;
    },
  );
});

test('two branches that pin different datasets merge without a conflict; the same one is shown as such', () =>
  inFolder(async (root) => {
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    const commit = async (lock: Lock): Promise<void> => {
      await writeLock(root, lock);
      git('add', '-A');
      git('commit', '-qm', 'Pin');
    };
    git('init', '-q', '-b', 'main');
    await commit({ ...emptyLock, data: { a: one, b: one, c: one, d: one } });
    git('checkout', '-qb', 'other');
    await commit({ ...emptyLock, data: { a: one, b: one, c: one, d: two } });
    git('checkout', '-q', 'main');
    await commit({ ...emptyLock, data: { a: two, b: one, c: one, d: one } });

    git('merge', '-q', 'other', '-m', 'Merge');
    assert.deepEqual(plain((await readLock(root)).data), { a: two, b: one, c: one, d: two });

    git('checkout', '-q', 'other');
    await commit({ ...emptyLock, data: { a: digestOfHex('3'.repeat(64)), b: one, c: one, d: two } });
    assert.throws(() => git('merge', '-q', 'main', '-m', 'Merge'));
    await assert.rejects(readLock(root), /TG-CONFIG-LOCK-CONFLICT/);
  }));

test('a lock without pins is two lines', () => assert.equal(lockText(emptyLock).split('\n').length, 3));
