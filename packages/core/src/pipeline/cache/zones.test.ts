import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Digest, hexOf, type RunRecord, type Zone, zones } from '@tidegate/formats';
import { folderRemote, readOneRecord, type Remote } from '../../store/index.ts';
import type { StepContext, StepKind } from '../step-kind.ts';
import { joinKind } from '../test-kinds.ts';
import { makeTestProject, outcomes, step, type TestProject } from '../test-project.ts';
import { pushResults } from './push-results.ts';
import { findAnyResult } from './results.ts';

const steps = [step('a', { in: ['a.txt'] })];

interface Team {
  /** The remote as runs of a zone see it. */
  readonly open: (zone: Zone) => Remote;
  /** A machine with an empty home whose runs are of a zone; `alter` makes its steps write other bytes than they should. */
  readonly machine: (zone: Zone, more?: { readonly alter?: boolean; readonly ran?: string[] }) => Promise<TestProject>;
  readonly push: (project: TestProject, run: RunRecord) => ReturnType<typeof pushResults>;
}

function makeTeam(t: TestContext): Team {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-zones-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const open = (zone: Zone): Remote => folderRemote(join(folder, 'remote'), zone);
  return {
    open,
    machine: async (zone, { alter = false, ran = [] } = {}) => {
      const project = await makeTestProject(t, { kinds: [alter ? altering(ran) : joinKind(ran)], remote: open(zone) });
      project.write('a.txt', 'A');
      return project;
    },
    push: (project, run) => pushResults({ ...project.parts, remote: open(project.parts.zone) }, run.steps),
  };
}

/** The kind `join` with the same key, whose output is not what it should be. */
function altering(ran: string[]): StepKind {
  return joinKind(ran, async ({ store }: StepContext) => ({
    outputs: { out: { kind: 'file', ...(await store.putBytes('altered')), files: 1 } },
  }));
}

const textOf = (project: TestProject): string => readFileSync(join(project.root, 'made/a.txt'), 'utf8');
const keyOf = (run: RunRecord): Digest => run.steps[0]?.key ?? assert.fail();
const nameIn = (zone: Zone, key: Digest): string => `results/${zone}/${hexOf(key).slice(0, 2)}/${hexOf(key).slice(2)}`;

test('hostile 1: an untrusted run puts altered output under the key that main asks for: main misses, and the write to main is refused', async (t) => {
  const { open, machine, push } = makeTeam(t);
  const fork = await machine('untrusted', { alter: true });
  const poisoned = await fork.run(steps);
  await push(fork, poisoned);
  const record = await readOneRecord(open('untrusted'), nameIn('untrusted', keyOf(poisoned)));
  const main = await machine('main');

  const run = await main.run(steps);

  assert.deepEqual(outcomes(run), ['steps.a: done']);
  assert.equal(keyOf(run), keyOf(poisoned));
  assert.equal(textOf(fork), 'altered');
  assert.equal(textOf(main), '|A');
  for (const zone of ['branch', 'main', 'release'] as const) {
    await assert.rejects(open('untrusted').addRecord(nameIn(zone, keyOf(run)), record), /TG-STORE-REMOTE-ZONE: .*zone "untrusted"/);
    await assert.rejects(open('untrusted').replaceRecord(nameIn(zone, keyOf(run)), record), /TG-STORE-REMOTE-ZONE/);
  }
  await push(main, run);
  const again = await machine('main');
  assert.deepEqual(outcomes(await again.run(steps)), ['steps.a: hit']);
  assert.equal(textOf(again), '|A');
});

test('rule 15: a run takes what a zone at least as trusted has made, and makes again what was made below, in every pair of zones', async (t) => {
  for (const [rank, writer] of zones.entries()) {
    const { machine, push } = makeTeam(t);
    const first = await machine(writer);
    await push(first, await first.run(steps));

    for (const [other, reader] of zones.entries()) {
      const run = await (await machine(reader)).run(steps);

      assert.deepEqual(outcomes(run), [rank >= other ? 'steps.a: hit' : 'steps.a: done'], `${reader} reads ${writer}`);
    }
  }
});

test('of the results of several zones the most trusted one is taken', async (t) => {
  const { machine, push } = makeTeam(t);
  const branch = await machine('branch', { alter: true });
  await push(branch, await branch.run(steps));
  const main = await machine('main');
  await push(main, await main.run(steps));
  const other = await machine('branch');

  const run = await other.run(steps);

  assert.equal(textOf(other), '|A');
  assert.equal(run.steps[0]?.from?.zone, 'main');
});

test('a hit says which run of which zone made it, when, and through which remote it came', async (t) => {
  const { open, machine, push } = makeTeam(t);
  const first = await machine('main');
  const made = await first.run(steps);
  await push(first, made);
  const other = await machine('branch');

  const taken = (await other.run(steps)).steps[0] ?? assert.fail();
  const explained = await other.engine.explain(steps[0]?.name ?? assert.fail());
  const [own] = (await first.run(steps)).steps;

  const madeAt = findAnyResult(first.parts.state, keyOf(made))?.recordedAt;
  assert.equal(taken.madeBy, made.id);
  assert.deepEqual({ ...taken.from, taken: taken.from?.taken?.place }, { zone: 'main', madeAt, taken: open('main').address });
  assert.match(taken.from?.taken?.at ?? '', /^\d{4}-\d\d-\d\dT/);
  assert.deepEqual(explained?.made?.from, taken.from);
  assert.deepEqual(own?.from, { zone: 'main', madeAt, taken: null });
});

test('in one home a run of main makes again what an untrusted run has made there, and the untrusted one takes that from then on', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [altering(ran)], zone: 'untrusted' });
  project.write('a.txt', 'A');
  await project.run(steps);
  const inZone = (zone: Zone) => makeTestProject(t, { kinds: [joinKind(ran)], zone, folder: join(project.root, '..') });
  const main = await inZone('main');

  const planned = await main.plan(steps);
  const run = await main.run(steps);
  const untrusted = await (await inZone('untrusted')).run(steps);

  assert.deepEqual(planned[0]?.reasons, [{ kind: 'less-trusted', zone: 'untrusted' }]);
  assert.deepEqual(outcomes(run), ['steps.a: done']);
  assert.deepEqual(outcomes(untrusted), ['steps.a: hit']);
  assert.equal(textOf(main), '|A');
  assert.equal(untrusted.steps[0]?.from?.zone, 'main');
});

test('a run that is forced does not replace a result of a zone that is trusted more', async (t) => {
  const main = await makeTestProject(t, { kinds: [joinKind()], zone: 'main' });
  main.write('a.txt', 'A');
  const made = await main.run(steps);
  const untrusted = await makeTestProject(t, { kinds: [altering([])], zone: 'untrusted', folder: join(main.root, '..') });

  await untrusted.run(steps, { force: 'all' });

  assert.equal(findAnyResult(main.parts.state, keyOf(made))?.zone, 'main');
  assert.deepEqual(outcomes(await main.run(steps)), ['steps.a: hit']);
  assert.equal(textOf(main), '|A');
});
