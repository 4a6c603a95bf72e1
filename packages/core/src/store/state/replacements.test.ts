import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { digestOfHex } from '@tidegate/formats';
import { salvage } from './heal.ts';
import { noteReplaced, replacements, standsFor } from './replacements.ts';
import { openState, type State } from './state.ts';

const [one, two, three] = [digestOfHex('1'.repeat(64)), digestOfHex('2'.repeat(64)), digestOfHex('3'.repeat(64))];

function statePath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-replaced-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'state.sqlite');
}

function remember({ prepare }: State, name: string, root: string): void {
  prepare("INSERT INTO project (name, root, keep_runs, keep_days, seen_at) VALUES (?, ?, 1, 1, '2026')").run(name, root);
}

test('what stands in the place of a version does so for its project alone, under any name that this had in the same folders', (t) => {
  using state = openState(statePath(t));
  for (const [name, root] of [
    ['shop', '/shop'],
    ['store', '/shop'],
    ['other', '/other'],
    ['store-of-others', '/shop'],
    ['store-of-others', '/elsewhere'],
  ] as const)
    remember(state, name, root);
  state.commit(() => noteReplaced(state, { id: 't-1', project: 'shop' }, [{ before: one, after: two }]));
  state.commit(() => noteReplaced(state, { id: 't-2', project: 'shop' }, [{ before: two, after: three }]));
  state.commit(() => noteReplaced(state, { id: 't-3', project: 'store-of-others' }, [{ before: three, after: one }]));

  const newest = (project: string) => replacements(state, project).newest(one);
  assert.deepEqual(['shop', 'store', 'other', 'store-of-others'].map(newest), [three, three, one, three]);
  assert.equal(replacements(state, 'shop').newest(three), three, 'a project with a folder of its own is another one');
  assert.deepEqual(
    [...replacements(state, 'shop').all()],
    [
      [one, three],
      [two, three],
    ],
  );
  assert.equal(replacements(state, 'other').all().size, 0);
  assert.deepEqual(standsFor(state)(one, 'other'), [one]);
  assert.deepEqual(standsFor(state)(one, null), [one, three]);
});

/** As schema 15 has it: for the whole home. */
function olderState(path: string): void {
  openState(path)[Symbol.dispose]();
  using database = new DatabaseSync(path);
  database.exec(`
    DROP TABLE release_signature;
    DROP TABLE fine_note;
    DROP TABLE measured_version;
    DROP TABLE hold;
    DROP TABLE replaced;
    CREATE TABLE replaced (old TEXT PRIMARY KEY, new TEXT NOT NULL, forgetting TEXT NOT NULL) WITHOUT ROWID, STRICT;
    INSERT INTO forgetting (id, project, dataset, record, going, begun_at) VALUES ('t-1', 'shop', 'people', '{}', '[]', '2026');
    INSERT INTO replaced VALUES ('${one}', '${two}', 't-1');
    INSERT INTO project (name, root, keep_runs, keep_days, seen_at) VALUES ('shop', '/shop', 1, 1, '2026'), ('other', '/other', 1, 1, '2026');
    PRAGMA user_version = 15`);
}

test('a state from when that was so for the whole home knows it for the project that has forgotten', (t) => {
  const path = statePath(t);
  olderState(path);
  using state = openState(path);

  assert.deepEqual(
    ['shop', 'other'].map((project) => replacements(state, project).newest(one)),
    [two, one],
  );
});

test('it is taken over of such a state when that is damaged', (t) => {
  const path = statePath(t);
  olderState(path);
  using into = openState(statePath(t));
  assert.ok(salvage(path, into.database) > 0);

  assert.equal(replacements(into, 'shop').newest(one), two);
  assert.equal(replacements(into, 'other').newest(one), one);
});
