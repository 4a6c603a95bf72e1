import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
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

for (const schema of readdirSync(join(import.meta.dirname, 'fixtures')))
  test(`a state of ${schema} is brought forward to what a new one is, and keeps its rows`, async (t) => {
    const path = await makePath(t);
    const old = stateOf(path, schema);
    old.prepare(put).run('/', 'a', 'd');
    old.close();

    using again = openState(path);

    assert.equal(again.prepare(count).get()?.['rows'], 1);
    using fresh = openState(await makePath(t));
    assert.deepEqual(schemaOf(again), schemaOf(fresh));
  });

/** A state as an earlier Tidegate has made it. */
function stateOf(path: string, schema: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  database.exec(readFileSync(join(import.meta.dirname, 'fixtures', schema), 'utf8'));
  return database;
}

/** Every table, index and trigger, and every column of the tables. */
function schemaOf({ database }: State): readonly unknown[] {
  const columns = `SELECT one.type, one.name, field.name AS column, field.type AS holds FROM sqlite_schema AS one
    LEFT JOIN pragma_table_info(one.name) AS field WHERE one.name NOT LIKE 'sqlite_%' ORDER BY 1, 2, 3`;
  return database.prepare(columns).all();
}

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
        onText: (_, line) => t.diagnostic(line),
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

test('runs that an earlier schema has kept are listed by what their records say', async (t) => {
  const path = await makePath(t);
  const steps = [
    { step: 'steps.a', status: 'done', durationMs: 12.5 },
    { step: 'steps.b', status: 'failed', durationMs: 1 },
    { step: 'steps.c', status: 'hit', durationMs: 0 },
  ];
  const record = {
    branch: 'main',
    commit: 'abc',
    verdict: 'fail',
    dirty: true,
    subject: 'Begin',
    goal: 'gate',
    endedAt: 'z',
    durationMs: 7,
    steps,
  };
  const old = stateOf(path, 'schema-4.sql');
  const insert = old.prepare("INSERT INTO run (id, project, started_at, status, owner, record) VALUES (?, 'p', 'y', 'failed', '{}', ?)");
  insert.run('r-1', JSON.stringify(record));
  insert.run('r-2', 'unreadable');
  old.close();

  using again = openState(path);

  const [row] = again.prepare("SELECT branch, commit_id, verdict, brief FROM run WHERE id = 'r-1'").all();
  assert.deepEqual(
    { ...row, brief: JSON.parse(String(row?.['brief'])) },
    {
      branch: 'main',
      commit_id: 'abc',
      verdict: 'fail',
      brief: { dirty: true, subject: 'Begin', goal: 'gate', endedAt: 'z', durationMs: 7, steps: { all: 3, ran: 2, failed: 1 } },
    },
  );
  assert.deepEqual(
    again
      .prepare('SELECT step, run, status, duration_ms FROM step_run')
      .all()
      .map((one) => Object.values(one)),
    [
      ['steps.a', 'r-1', 'done', 12.5],
      ['steps.b', 'r-1', 'failed', 1],
    ],
  );
});
