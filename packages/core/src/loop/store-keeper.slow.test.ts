import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoopEvent } from '@tidegate/formats';
import type { Project } from '../project/index.ts';
import { appendNote } from './notes.ts';
import { StoreKeeper } from './store-keeper.ts';
import { makeWatchedProject } from './test-project.ts';

const files = { 'tidegate.yaml': 'version: 1\nproject: copies\n' };

function keeperOf(project: Project): { readonly keeper: StoreKeeper; readonly notes: readonly LoopEvent[] } {
  const notes: LoopEvent[] = [];
  const note = (what: LoopEvent): void => void notes.push(appendNote(project, what).what);
  return { keeper: new StoreKeeper({ project: () => project, signal: new AbortController().signal, note }), notes };
}

/** As if the loop of another project of this home had begun so many days ago. */
function beganBefore({ state }: Project, days: number): void {
  const at = new Date(Date.now() - days * 86_400_000).toISOString();
  const note = { format: 'tidegate.loop-note/1', sequence: 1, at, what: { kind: 'up-started', pid: 1, address: null, to: null } };
  const insert = "INSERT INTO loop_note (project, sequence, kind, record) VALUES (?, 1, 'up-started', ?)";
  state.database.prepare(insert).run(`other-${days}`, JSON.stringify(note));
}

test('the store of a home is looked after a day after its first loop began, and a day after that again, by one of its projects', async (t) => {
  using project = await makeWatchedProject(t, files).open();
  await project.objects.putBytes('nothing refers to this');

  const [onFirstDay, afterwards] = [keeperOf(project), keeperOf(project)];
  beganBefore(project, 0.5);
  const early = onFirstDay.keeper.isDue();
  beganBefore(project, 1.5);
  const due = afterwards.keeper.isDue();
  afterwards.keeper.tend();
  await afterwards.keeper.idle();

  assert.deepEqual([early, due, keeperOf(project).keeper.isDue()], [false, true, false]);
  const [tended] = afterwards.notes;
  assert.equal(tended?.kind === 'store-tended' && tended.read.objects, 1);
  assert.deepEqual(tended?.kind === 'store-tended' && [tended.problems, tended.packed], [[], { objects: 0, bytes: 0, writtenBytes: 0 }]);
});

test('a project that says so leaves the store alone', async (t) => {
  using project = await makeWatchedProject(t, { 'tidegate.yaml': 'version: 1\nproject: copies\nkeep: { collect: false }\n' }).open();
  beganBefore(project, 2);

  assert.equal(keeperOf(project).keeper.isDue(), false);
});
