import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runCommand } from '../../platform/index.ts';
import { openState, type State } from './state.ts';

async function makePath(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-state-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return join(root, 'deep/state.sqlite');
}

const put = 'INSERT INTO published (root, path, digest) VALUES (?, ?, ?)';
const count = 'SELECT count(*) AS rows FROM published';

test('what was committed is there when the state is opened again', async (t) => {
  const path = await makePath(t);
  {
    using state = openState(path);
    state.commit(() => state.prepare(put).run('/', 'a', 'd'));
    state.note(() => state.prepare(put).run('/', 'b', 'd'));
  }

  using again = openState(path);

  assert.equal(again.prepare(count).get()?.['rows'], 2);
});

test('work that throws leaves nothing of itself and the state usable', async (t) => {
  using state = openState(await makePath(t));
  for (const transaction of [state.commit, state.note])
    assert.throws(
      () =>
        transaction(() => {
          state.prepare(put).run('/', 'a', 'd');
          throw new Error('stop');
        }),
      /stop/,
    );

  state.commit(() => state.prepare(put).run('/', 'b', 'd'));

  assert.deepEqual(
    state
      .prepare('SELECT path FROM published')
      .all()
      .map((row) => row['path']),
    ['b'],
  );
  assert.equal(state.prepare('PRAGMA synchronous').get()?.['synchronous'], 2);
});

test('a state file of no bytes is a new one', async (t) => {
  const path = join(await makePath(t), '../../empty.sqlite');
  await writeFile(path, '');

  using state = openState(path);

  assert.equal(state.prepare(count).get()?.['rows'], 0);
});

test('a state file of other bytes is refused with the way out, and left as it is', async (t) => {
  const path = join(await makePath(t), '../../broken.sqlite');
  await writeFile(path, 'this is not a database, it only has its name, and it is longer than a header');

  assert.throws(() => openState(path), /TG-STORE-STATE-BROKEN/);
});

test('a place where no state can be is refused with the way out', () => {
  assert.throws(
    () => openState('/dev/null/home/state.sqlite'),
    /TG-STORE-NOT-WRITABLE: Cannot open the state "\/dev\/null\/home\/state.sqlite"/,
  );
});

test('the state of a newer version is refused', async (t) => {
  const path = await makePath(t);
  {
    using state = openState(path);
    state.database.exec('PRAGMA user_version = 99');
  }

  assert.throws(() => openState(path), /TG-STORE-STATE-NEWER/);
});

test('the history of deployments is append-only: a line is neither changed nor taken out, by whatever statement', async (t) => {
  using state = openState(await makePath(t));
  const insert = 'INTO deployment (project, environment, sequence, record) VALUES (?, ?, ?, ?)';
  state.prepare(`INSERT ${insert}`).run('shop', 'staging', 1, 'first');

  for (const statement of ["UPDATE deployment SET record = 'other'", 'DELETE FROM deployment'])
    assert.throws(() => state.database.exec(statement), /append-only/);
  assert.throws(() => state.prepare(`INSERT OR REPLACE ${insert}`).run('shop', 'staging', 1, 'other'), /append-only/);
  state.prepare(`INSERT ${insert}`).run('shop', 'staging', 2, 'second');

  assert.deepEqual(
    state
      .prepare('SELECT record FROM deployment ORDER BY sequence')
      .all()
      .map((row) => row['record']),
    ['first', 'second'],
  );
});

test('a state of the first schema is brought forward and keeps its rows', async (t) => {
  const path = await makePath(t);
  const triggersIn = ({ database }: State): readonly string[] =>
    database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name")
      .all()
      .map((row) => String(row['name']));
  let triggers: readonly string[] = [];
  {
    using state = openState(path);
    state.prepare(put).run('/', 'a', 'd');
    triggers = triggersIn(state);
    for (const trigger of triggers) state.database.exec(`DROP TRIGGER ${trigger}`);
    for (const table of ['loop_note', 'monitor_check', 'retraining', 'drift_reference']) state.database.exec(`DROP TABLE ${table}`);
    state.database.exec('PRAGMA user_version = 1');
  }

  using again = openState(path);

  assert.equal(again.prepare(count).get()?.['rows'], 1);
  assert.deepEqual(triggersIn(again), triggers);
});

test('many processes open a new state and write to it at once', async (t) => {
  const path = await makePath(t);
  const script = `
    import { openState } from ${JSON.stringify(import.meta.resolve('./state.ts'))};
    using state = openState(${JSON.stringify(path)});
    for (let index = 0; index < 10; index++)
      state.commit(() => state.prepare(${JSON.stringify(put)}).run(String(process.pid), String(index), 'd'));`;

  const ends = await Promise.all(
    Array.from({ length: 4 }, () =>
      runCommand([process.execPath, '--input-type=module', '-e', script], {
        cwd: '/',
        variables: {},
        onLine: (_, line) => t.diagnostic(line),
        signal: t.signal,
        timeoutMs: 60_000,
      }),
    ),
  );

  assert.deepEqual(
    ends.map((end) => end.code),
    [0, 0, 0, 0],
  );
  using state = openState(path);
  assert.equal(state.prepare(count).get()?.['rows'], 40);
});
