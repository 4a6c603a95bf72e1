import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Digest, hexOf, type RunRecord, type Zone } from '@tidegate/formats';
import { folderRemote, lenientRemote, type Remote } from '../../store/index.ts';
import { pushResults } from './push-results.ts';
import { joinKind, shellKind } from '../test-kinds.ts';
import { makeTestProject, outcomes, step, type TestProject } from '../test-project.ts';

const steps = [step('a', { in: ['a.txt'] }), step('b', { in: ['steps.a/out'], settings: { text: 'b' } })];

interface Shared {
  readonly folder: string;
  readonly remote: Remote;
  /** A machine with nothing but the project's files, whose runs are of a zone, `main` by default; `ran` gets the names of steps that ran there. */
  readonly machine: (ran?: string[], zone?: Zone) => Promise<TestProject>;
  /** The remote as runs of a zone see it. */
  readonly open: (zone: Zone) => Remote;
}

function makeShared(t: TestContext): Shared {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-shared-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const open = (zone: Zone): Remote => folderRemote(join(folder, 'remote'), zone);
  const machine: Shared['machine'] = async (ran = [], zone = 'main') => {
    const project = await makeTestProject(t, { kinds: [joinKind(ran), shellKind(ran)], remote: open(zone) });
    project.write('a.txt', 'A');
    return project;
  };
  return { folder, remote: open('main'), machine, open };
}

const push = (project: TestProject, run: RunRecord, remote: Remote) => pushResults({ ...project.parts, remote }, run.steps);

/** Files in which objects lie. */
function packsIn(folder: string): readonly string[] {
  const packs = join(folder, 'remote/packs');
  return readdirSync(packs, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );
}

test('a machine that never ran a step takes its results from the remote, and pushing them again sends nothing', async (t) => {
  const { remote, machine } = makeShared(t);
  const first = await machine();
  const pushed = await push(first, await first.run(steps), remote);
  const ran: string[] = [];
  const second = await machine(ran);

  const run = await second.run(steps);

  assert.deepEqual(pushed.results, 2);
  assert.deepEqual(outcomes(run), ['steps.a: hit', 'steps.b: hit']);
  assert.deepEqual(ran, []);
  assert.equal(readFileSync(join(second.root, 'made/b.txt'), 'utf8'), 'b||A');
  assert.deepEqual(await push(second, run, remote), { results: 0, objects: 0, bytes: 0 });
});

test('only what is read is fetched: the record of a step is enough for a hit', async (t) => {
  const { remote, machine } = makeShared(t);
  const inStore = [step('a', { in: ['a.txt'], outputs: [{ name: 'out', path: null, publish: false }] })];
  const first = await machine();
  const made = await first.run(inStore);
  await push(first, made, remote);
  const second = await machine();

  const run = await second.run(inStore);

  const { digest } = run.steps[0]?.outputs['out'] ?? assert.fail();
  assert.deepEqual(outcomes(run), ['steps.a: hit']);
  assert.equal(readdirSync(second.parts.home.objects).includes(hexOf(digest).slice(0, 2)), false);
  assert.equal(Buffer.from(await second.parts.store.readBytes(digest)).toString(), '|A');
});

test('a plan finds results of the remote too, and another input says what changed against them', async (t) => {
  const { remote, machine } = makeShared(t);
  const first = await machine();
  await push(first, await first.run(steps), remote);
  const second = await machine();

  const planned = await second.plan(steps);
  second.write('a.txt', 'B');
  const changed = await second.plan(steps);

  assert.deepEqual(
    planned.map(({ action }) => action),
    ['hit', 'hit'],
  );
  assert.deepEqual(
    changed[0]?.reasons.map((reason) => (reason.kind === 'input-changed' ? reason.input : reason.kind)),
    ['a.txt'],
  );
});

const lengths: { readonly [what: string]: (bytes: number) => number | null } = {
  gone: () => null,
  'cut short': (bytes) => bytes - 200,
  empty: () => 0,
};

for (const [row, what, lost] of [
  [3, 'gone', 2],
  [2, 'damaged by one byte', 1],
  [2, 'cut short', 2],
  [2, 'empty', 2],
] as const)
  // prettier-ignore
  test(`row ${row}: an object that is ${what} in the remote makes its step run again, and the next push makes it good`, async (t) => {
    const { folder, remote, machine } = makeShared(t);
    const first = await machine();
    const made = await first.run(steps);
    await pushResults({ ...first.parts, remote }, made.steps.slice(0, 1));
    const [pack = assert.fail()] = packsIn(folder);
    await push(first, made, remote);
    chmodSync(pack, 0o644);
    const bytes = readFileSync(pack);
    const length = lengths[what]?.(bytes.length);
    if (length === null) rmSync(pack);
    else writeFileSync(pack, length === undefined ? bytes.fill('X', bytes.indexOf('|A'), bytes.indexOf('|A') + 1) : bytes.subarray(0, length));
    const ran: string[] = [];
    const second = await machine(ran);

    const run = await second.run(steps);

    assert.deepEqual(outcomes(run), ['steps.a: done', 'steps.b: hit']);
    assert.equal((await push(second, run, remote)).objects, lost, 'with what lay beside it, where the pack as a whole is lost');
    assert.deepEqual(outcomes(await (await machine()).run(steps)), ['steps.a: hit', 'steps.b: hit']);
  });

test('a record that is no result, of another step or under another key, is a miss', async (t) => {
  const { folder, remote, machine } = makeShared(t);
  const first = await machine();
  const made = await first.run(steps);
  await push(first, made, remote);
  const key = hexOf(made.steps[0]?.key ?? assert.fail());
  const path = join(folder, 'remote/records/results/main', key.slice(0, 2), `${key.slice(2)}.json`);
  const good = JSON.parse(readFileSync(path, 'utf8')) as { readonly [name: string]: unknown };

  for (const bad of [
    '',
    '{',
    'null',
    '[]',
    JSON.stringify({ ...good, format: 'tidegate.shared-result/2' }),
    JSON.stringify({ ...good, step: 'steps.b' }),
    JSON.stringify({ ...good, key: made.steps[1]?.key }),
    JSON.stringify({ ...good, outputs: { out: { kind: 'file', digest: '../../etc/passwd', bytes: 1, files: 1 } } }),
    JSON.stringify({ ...good, evidence: [{ verdict: 'pass' }] }),
    JSON.stringify({ ...good, run: 'r-1' }),
  ]) {
    writeFileSync(path, bad);
    assert.deepEqual(outcomes(await (await machine()).run(steps.slice(0, 1))), ['steps.a: done'], bad);
  }
  await push(first, made, remote);
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), good);
});

test('of two results of one key the first counts for everybody, as long as its objects are there', async (t) => {
  const { folder, remote, machine } = makeShared(t);
  const chance = [step('a', { kind: 'shell', settings: { run: 'mkdir made; echo $$ > made/a.txt; date +%N >> made/a.txt' } })];
  const [one, other] = [await machine(), await machine()];
  const [first, second] = [await one.run(chance), await other.run(chance)];
  const digestOf = (run: RunRecord): Digest => run.steps[0]?.outputs['out']?.digest ?? assert.fail();

  await Promise.all([push(one, first, remote), push(one, first, remote)]);
  await push(other, second, remote);
  const third = await (await machine()).run(chance);
  for (const pack of packsIn(folder)) rmSync(pack);
  assert.deepEqual(outcomes(await (await machine()).run(chance)), ['steps.a: done'], 'whoever reads it notices');
  await push(other, second, remote);

  assert.equal(digestOf(third), digestOf(first));
  assert.equal(digestOf(await (await machine()).run(chance)), digestOf(second));
});

test('a folder made by a step travels with all its files', async (t) => {
  const { remote, machine } = makeShared(t);
  const folder = [
    step('a', {
      kind: 'shell',
      settings: { run: 'mkdir -p made/deep; echo one > made/one; echo two > made/deep/two' },
      outputs: [{ name: 'tree', path: 'made', publish: true }],
    }),
  ];
  const first = await machine();
  await push(first, await first.run(folder), remote);
  const second = await machine();

  assert.deepEqual(outcomes(await second.run(folder)), ['steps.a: hit']);
  assert.equal(readFileSync(join(second.root, 'made/deep/two'), 'utf8'), 'two\n');
});

test('a run goes on without a remote that does not answer', async (t) => {
  const { folder, remote, machine } = makeShared(t);
  const first = await machine();
  await push(first, await first.run(steps), remote);
  for (const part of ['index', 'records']) {
    rmSync(join(folder, 'remote', part), { recursive: true });
    symlinkSync(part, join(folder, 'remote', part)); // every question is answered with ELOOP
  }
  const told: string[] = [];
  const lenient = lenientRemote(remote, { onGone: ({ code }) => told.push(code) });
  const second = await makeTestProject(t, { kinds: [joinKind()], remote: lenient });
  second.write('a.txt', 'A');

  const run = await second.run(steps);

  assert.deepEqual(outcomes(run), ['steps.a: done', 'steps.b: done']);
  assert.deepEqual(told, ['TG-STORE-REMOTE-UNREACHABLE']);
  await assert.rejects(push(second, run, lenient), /TG-STORE-REMOTE-UNREACHABLE/);
});

test('what a run took from a remote that goes away in the middle is made again when it is needed', async (t) => {
  const { folder, remote, machine } = makeShared(t);
  const inStore = step('a', { in: ['a.txt'], outputs: [{ name: 'out', path: null, publish: false }] });
  const first = await machine();
  await push(first, await first.run([inStore]), remote);
  const away = step('c', {
    kind: 'shell',
    settings: { run: `mv '${folder}/remote' '${folder}/elsewhere'; mkdir made; echo c > made/c.txt` },
  });
  const after = step('b', { in: ['steps.a/out', 'steps.c/out'] });
  const ran: string[] = [];
  const second = await machine(ran);

  const run = await second.run([inStore, away, after]);

  assert.deepEqual(outcomes(run), ['steps.a: done', 'steps.c: done', 'steps.b: done']);
  assert.equal(readFileSync(join(second.root, 'made/b.txt'), 'utf8'), '||A|c\n');
});
