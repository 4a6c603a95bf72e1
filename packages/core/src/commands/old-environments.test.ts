import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { digestOfBytes, systemPlatform } from '../platform/index.ts';
import { buildOnce } from './build-once.ts';
import { removeOldEnvironments } from './old-environments.ts';

const dayMs = 86_400_000;
const name = (digit: string): string => digit.repeat(32);

/** A folder of environments that were used so many days ago; the lock of each is the digest of its digit. */
async function environments(t: TestContext, usedBeforeDays: { readonly [digit: string]: number }): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-environments-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [digit, days] of Object.entries(usedBeforeDays)) {
    await use(folder, digit);
    const at = new Date(Date.now() - days * dayMs);
    utimesSync(join(folder, `${name(digit)}.json`), at, at);
  }
  return folder;
}

function use(folder: string, digit: string): Promise<string> {
  return buildOnce(join(folder, `${name(digit)}.json`), {
    signal: new AbortController().signal,
    progress: () => {},
    platform: systemPlatform,
    proof: 'bin',
    lock: digestOfBytes(digit),
    install: (place) => Promise.resolve(mkdirSync(join(place, 'bin'))).then(() => [`package==${digit}`]),
  });
}

const request = (folder: string): Parameters<typeof removeOldEnvironments>[0] => ({
  folder,
  locks: new Set([digestOfBytes('b')]),
  usedBeforeMs: Date.now() - 30 * dayMs,
  dryRun: false,
});
const left = (folder: string): string =>
  [
    ...new Set(
      readdirSync(folder)
        .filter((one) => !one.endsWith('.lock'))
        .map((one) => one[0]),
    ),
  ].join('');

test('what no lock names and nothing has used for long goes; what is young, in a lock, or used just now stays', async (t) => {
  const folder = await environments(t, { a: 40, b: 40, c: 20, d: 40 });
  await use(folder, 'd');

  const wouldGo = await removeOldEnvironments({ ...request(folder), dryRun: true });
  const before = left(folder);
  const gone = await removeOldEnvironments(request(folder));

  assert.deepEqual(
    [wouldGo, gone].map((all) => all.map((one) => [one.name, one.packages])),
    [[[name('a'), ['package==a']]], [[name('a'), ['package==a']]]],
  );
  assert.deepEqual([before, left(folder)], ['abcd', 'bcd']);
  assert.ok(existsSync(await use(folder, 'a')), 'and is built anew when somebody wants it');
});

test('what a killed removal has left is removed by the next one, and is never used', async (t) => {
  const folder = await environments(t, { a: 40 });
  renameSync(join(folder, `${name('a')}.json`), join(folder, `${name('a')}.json.going`));

  await removeOldEnvironments(request(folder));

  assert.equal(left(folder), '');
});

test('one that is being built is left alone, and so is what is no environment', async (t) => {
  const folder = await environments(t, {});
  writeFileSync(join(folder, 'interpreter-0123456789abcdef.json'), '{}');
  mkdirSync(join(folder, `${name('e')}-01234567`));

  await removeOldEnvironments(request(folder));

  assert.equal(readdirSync(folder).length, 2);
});
