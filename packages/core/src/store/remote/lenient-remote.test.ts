import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { digestOfBytes } from '../../platform/index.ts';
import { batchedRemote } from './batched-remote.ts';
import { folderRemote } from './folder-remote.ts';
import { lenientRemote } from './lenient-remote.ts';
import { readOneRecord, type Remote } from './remote.ts';
import { remoteConformance } from './remote.conformance.ts';
import { damageObject } from './test-damage.ts';

remoteConformance('folder remote as a project uses it', (folder) => ({
  open: (zone = 'main') => batchedRemote(lenientRemote(folderRemote(join(folder, 'remote'), zone), { onGone: () => assert.fail() })),
  damage: async (digest) => damageObject(join(folder, 'remote'), digest),
}));

const digest = digestOfBytes('tide');
const name = 'results/main/ab';

interface Broken {
  readonly remote: Remote;
  /** Messages of what was given up. */
  readonly told: string[];
  readonly restore: () => void;
}

/** A remote with an object and a record whose folders answer every question with ELOOP, as a broken share answers with an error of its own. */
async function makeBroken(t: TestContext): Promise<Broken> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-lenient-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const remote = folderRemote(join(folder, 'remote'), 'main');
  await remote.addRecord(name, { a: 1 });
  writeFileSync(join(folder, 'source'), 'tide');
  await remote.putObject(digest, join(folder, 'source'));
  for (const part of ['packs', 'index', 'records']) {
    rmSync(join(folder, 'remote', part), { recursive: true });
    symlinkSync(part, join(folder, 'remote', part));
  }
  const told: string[] = [];
  return {
    remote: lenientRemote(remote, { onGone: ({ message }) => told.push(message) }),
    told,
    restore: () => {
      for (const part of ['packs', 'index', 'records']) {
        unlinkSync(join(folder, 'remote', part));
        mkdirSync(join(folder, 'remote', part));
      }
    },
  };
}

test('a remote that does not answer is given up, said once, and is from then on like an empty one', async (t) => {
  const { remote, told, restore } = await makeBroken(t);

  assert.equal(await readOneRecord(remote, name), null);
  assert.deepEqual(await remote.missing([{ digest, bytes: 4 }]), [digest]);
  assert.equal(await remote.getObject(digest, '/nowhere'), null);

  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /^Cannot reach the remote ".*": ELOOP$/);
  restore();
  assert.equal(await readOneRecord(remote, name), null);
});

test('whoever puts something into a remote that was given up is told, and so is one who asks whether it can be used', async (t) => {
  const { remote } = await makeBroken(t);
  await readOneRecord(remote, name);

  await assert.rejects(remote.putObject(digest, Buffer.from('tide')), /TG-STORE-REMOTE-UNREACHABLE/);
  await assert.rejects(remote.addRecord(name, {}), /TG-STORE-REMOTE-UNREACHABLE/);
  await assert.rejects(remote.replaceRecord(name, {}), /TG-STORE-REMOTE-UNREACHABLE/);
});

test('a remote that takes too long to answer is given up like one that does not', async (t) => {
  const { remote: broken } = await makeBroken(t);
  const never = new Promise<never>(() => {});
  const told: string[] = [];
  const remote = lenientRemote(
    { ...broken, readRecords: () => never, missing: () => never },
    { onGone: ({ message }) => told.push(message), patienceMs: 5 },
  );

  assert.equal(await readOneRecord(remote, name), null);
  assert.deepEqual(await remote.missing([{ digest, bytes: null }]), [digest]);

  assert.deepEqual(told.length, 1);
  assert.match(told[0] ?? '', /it has not answered within 0\.005 s/);
});

test('a folder that is no remote stays a mistake', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-lenient-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'cat.jpg'), '');
  const remote = lenientRemote(folderRemote(folder, 'main'), { onGone: () => assert.fail() });

  await assert.rejects(remote.readRecords([name]), /TG-STORE-REMOTE: Cannot use/);
  await assert.rejects(remote.check(), /TG-STORE-REMOTE: /);
});

test('questions of the same moment are one, and each gets its own answer', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-batched-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const plain = folderRemote(folder, 'main');
  await plain.addRecord('results/main/a', { a: 1 });
  await plain.putObject(digest, Buffer.from('tide'));
  const asked: string[] = [];
  const remote = batchedRemote({
    ...plain,
    readRecords: (names) => (asked.push(`records ${names.length}`), plain.readRecords(names)),
    missing: (objects) => (asked.push(`objects ${objects.length}`), plain.missing(objects)),
  });
  const other = digestOfBytes('other');

  const [a, none, both, gone, there] = await Promise.all([
    readOneRecord(remote, 'results/main/a'),
    readOneRecord(remote, 'results/main/none'),
    remote.readRecords(['results/main/none', 'results/main/a']),
    remote.missing([
      { digest: other, bytes: null },
      { digest, bytes: 4 },
    ]),
    remote.missing([{ digest, bytes: 4 }]),
  ]);

  assert.deepEqual([a, none, both, gone, there], [{ a: 1 }, null, [null, { a: 1 }], [other], []]);
  assert.deepEqual(asked, ['records 4', 'objects 3']);
  await assert.rejects(Promise.all([remote.readRecords(['deployments/a']), remote.readRecords(['results/branch/a'])]), /REMOTE-ZONE/);
});
