import assert from 'node:assert/strict';
import { lstatSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Clock, digestOfBytes, systemClock } from '../../platform/index.ts';
import { type FileDigests, fileDigests } from './file-digests.ts';
import { openState, type State } from './state.ts';

/** An hour later no file is as young as the write. */
const later: Clock = { ...systemClock, now: () => Date.now() + 3_600_000 };

interface Place {
  readonly root: string;
  readonly state: State;
}

async function makePlace(t: TestContext): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-digests-'));
  const state = openState(join(root, 'state.sqlite'));
  t.after(async () => {
    state[Symbol.dispose]();
    await rm(root, { recursive: true, force: true });
  });
  return { root, state };
}

const stored = (state: State): number => Number(state.prepare('SELECT count(*) AS files FROM file_stat').get()?.['files']);
const read = (digests: FileDigests, path: string) => digests.of(path, lstatSync(path, { bigint: true }));

/** Makes the store believe a digest, to see whether the file is read or its stat is believed. */
function forge(state: State, path: string): void {
  state.prepare('UPDATE file_stat SET digest = ? WHERE path = ?').run(digestOfBytes('forged'), path);
}

test('a file whose stat is known is not read again', async (t) => {
  const { root, state } = await makePlace(t);
  const path = join(root, 'file');
  writeFileSync(path, 'tide');
  const digests = fileDigests(state, later);
  await read(digests, path);
  digests.save();
  forge(state, path);

  const again = await read(fileDigests(state, later), path);

  assert.equal(again.digest, digestOfBytes('forged'));
});

test('a file as young as the write is not remembered: a second write in the same tick would not show', async (t) => {
  const { root, state } = await makePlace(t);
  const path = join(root, 'file');
  writeFileSync(path, 'tide');
  const written = Number(lstatSync(path, { bigint: true }).mtimeNs / 1_000_000n);
  for (const age of [-1_000, 0, 19]) {
    const digests = fileDigests(state, { ...systemClock, now: () => written + age });
    await read(digests, path);
    digests.save();
    assert.equal(stored(state), 0, `${age} ms`);
  }

  const digests = fileDigests(state, { ...systemClock, now: () => written + 40 });
  await read(digests, path);
  digests.save();

  assert.equal(stored(state), 1);
});

for (const [what, change] of [
  ['another size', (path: string) => writeFileSync(path, 'tides')],
  ['the same size and modification time', (path: string) => (writeFileSync(path, 'edit'), utimesSync(path, 1_000, 1_000))],
  [
    'another file moved over it',
    (path: string) => (writeFileSync(`${path}.new`, 'edit'), utimesSync(`${path}.new`, 1_000, 1_000), renameSync(`${path}.new`, path)),
  ],
] as const)
  test(`content decides after an edit that leaves ${what}`, async (t) => {
    const { root, state } = await makePlace(t);
    const path = join(root, 'file');
    writeFileSync(path, 'tide');
    utimesSync(path, 1_000, 1_000);
    const digests = fileDigests(state, later);
    await read(digests, path);
    digests.save();
    await new Promise((resolve) => setTimeout(resolve, 20));

    change(path);
    const edited = await read(fileDigests(state, later), path);

    assert.notEqual(edited.digest, digestOfBytes('tide'));
  });

for (const jump of [-3_600_000, 3_600_000])
  test(`content decides when the clock jumps by ${jump / 3_600_000} h between two edits of the same size and time (hostile 20)`, async (t) => {
    const { root, state } = await makePlace(t);
    const path = join(root, 'file');
    const jumped: Clock = { ...systemClock, now: () => Date.now() + jump };
    for (const [index, clock] of [jumped, systemClock, jumped].entries()) {
      writeFileSync(path, `tide ${index}`);
      utimesSync(path, 1_000, 1_000);
      const digests = fileDigests(state, clock);

      const found = [await read(digests, path), ...(await digests.ofAll([{ path, stat: lstatSync(path, { bigint: true }) }]))];
      digests.save();

      assert.deepEqual(
        found.map(({ digest }) => digest),
        [digestOfBytes(`tide ${index}`), digestOfBytes(`tide ${index}`)],
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

test('many files that have to be read are read side by side, and each has its own digest', async (t) => {
  const { root, state } = await makePlace(t);
  const paths = Array.from({ length: 40 }, (_, index) => join(root, `file ${index}`));
  for (const [index, path] of paths.entries()) writeFileSync(path, `${index}`.repeat(1_000_000));
  const files = paths.map((path) => ({ path, stat: lstatSync(path, { bigint: true }) }));
  const digests = fileDigests(state, later);

  const first = await digests.ofAll(files);
  digests.save();
  forge(state, paths[7] ?? '');
  const again = await fileDigests(state, later).ofAll(files);

  const expected = paths.map((_, index) => digestOfBytes(`${index}`.repeat(1_000_000)));
  assert.deepEqual(
    first.map(({ digest }) => digest),
    expected,
  );
  assert.deepEqual(
    again.map(({ digest }) => digest),
    expected.with(7, digestOfBytes('forged')),
  );
});

test('a time in the future is never believed', async (t) => {
  const { root, state } = await makePlace(t);
  const path = join(root, 'file');
  writeFileSync(path, 'tide');
  utimesSync(path, Date.now() / 1000 + 86_400, Date.now() / 1000 + 86_400);
  const digests = fileDigests(state, systemClock);

  await read(digests, path);
  digests.save();

  assert.equal(stored(state), 0);
});

test('a file that went away meanwhile is refused by name', async (t) => {
  const { root, state } = await makePlace(t);
  const path = join(root, 'file');
  writeFileSync(path, 'tide');
  const stat = lstatSync(path, { bigint: true });
  await rm(path);

  await assert.rejects(fileDigests(state, systemClock).of(path, stat), /TG-STORE-FILE-CHANGED: Cannot read ".*file": it went away/);
});

test('a file that is written to all the while is refused, not guessed at', async (t) => {
  const { root, state } = await makePlace(t);
  const path = join(root, 'file');
  writeFileSync(path, 'x'.repeat(4 << 20));
  const writer = setInterval(() => writeFileSync(path, 'y'.repeat(4 << 20)), 1);
  try {
    await assert.rejects(read(fileDigests(state, systemClock), path), /TG-STORE-FILE-CHANGED/);
  } finally {
    clearInterval(writer);
  }
});
