import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { LoopEvent } from '@tidegate/formats';
import { startWebServer } from '../data/sources/http/test-web-server.ts';
import { appendNote } from './notes.ts';
import { SourceKeeper } from './source-keeper.ts';
import { makeWatchedProject, type WatchedProject } from './test-project.ts';
import { up } from './test-up.ts';

const isEnd = (what: LoopEvent): boolean => what.kind === 'path-ended';

/** The steps count what they see, so that the file says which data a way had. */
function projectWith(t: TestContext, from: string, count: string): WatchedProject {
  return makeWatchedProject(t, {
    'tidegate.yaml': `version: 1
project: weather
data: { weather: { from: ${from} } }
steps: { count: { run: sh count.sh, in: [data.weather, count.sh], out: { count: count.txt } } }
`,
    'count.sh': `${count} > count.txt\n`,
    '.gitignore': 'url.txt\n',
  });
}

test(
  'a file of the web is asked for its ETag at each look, and read when it is another one; by cron once each time',
  { timeout: 120_000 },
  async (t) => {
    await using server = await startWebServer();
    server.files.set('/a.csv', Buffer.from('id\n1\n'));
    const project = projectWith(t, `{ http: { url: "${server.url}/a.csv", every: 1s } }`, 'cat data/weather/a.csv');
    const once = async (): Promise<readonly string[]> => {
      const run = up(project, { once: true });
      const code = await run.ended;
      return [...run.notes.map(({ kind }) => kind), `exit ${code}`];
    };

    const first = up(project);
    await first.noted(isEnd);
    const before = server.asked.length;
    const firstLook = 3; // two glances and a reading: what the run has read was not looked at by the loop
    while (server.asked.length < before + firstLook + 2) await pause(100);
    const looks = server.asked.slice(before + firstLook);
    await first.end();
    server.files.set('/a.csv', Buffer.from('id\n1\n2\n'));
    const second = await once();
    const third = await once();
    server.odd.set('/a.csv', (_, response) => void response.writeHead(404).end());
    const fourth = await once();

    assert.ok(
      looks.every((asked) => asked === 'GET /a.csv bytes=0-0'),
      looks.join(),
    );
    assert.deepEqual(second, ['up-started', 'source-read', 'path-begun', 'lock-committed', 'path-ended', 'up-ended', 'exit 0']);
    assert.equal(readFileSync(join(project.root, 'count.txt'), 'utf8'), 'id\n1\n2\n');
    assert.deepEqual(third, ['up-started', 'up-ended', 'exit 0']);
    assert.deepEqual(fourth, ['up-started', 'source-failed', 'up-ended', 'exit 2']);
  },
);

test('a source that fails is told once for each fault, and once more when it answers again', { timeout: 60_000 }, async (t) => {
  await using server = await startWebServer();
  server.files.set('/a.csv', Buffer.from('id\n1\n'));
  using project = await projectWith(t, `{ http: { url: "${server.url}/a.csv" } }`, 'cat data/weather/a.csv').open();
  const notes: string[] = [];
  const keeper = new SourceKeeper({
    project: () => project,
    signal: new AbortController().signal,
    note: (what) => {
      const { kind } = appendNote(project, what).what;
      notes.push(what.kind === 'source-failed' ? `${kind} ${what.failure.code}` : kind);
    },
    onFailure: () => {},
  });
  const answers = [200, 404, 404, 401, 200, 200] as const;

  for (const status of answers) {
    server.odd.clear();
    if (status !== 200) server.odd.set('/a.csv', (_, response) => void response.writeHead(status).end());
    await keeper.look(['weather']);
  }

  assert.deepEqual(notes, ['source-read', 'source-failed TG-SOURCE-NOT-FOUND', 'source-failed TG-SOURCE-DENIED', 'source-answers']);
});

test(
  'what a reading has to say is told once, when it changes, and not again by another process; neither is a fault',
  { timeout: 60_000 },
  async (t) => {
    const project = projectWith(t, '{ sqlite: { file: sea.db, table: sea, every: 1h } }', 'ls data/weather');
    using opened = await project.open();
    const write = (sql: string): void => {
      const database = new DatabaseSync(join(project.root, 'sea.db'));
      database.exec(sql);
      database.close();
    };
    const notes: string[] = [];
    const keeper = (): SourceKeeper =>
      new SourceKeeper({
        project: () => opened,
        signal: new AbortController().signal,
        note: (what) => {
          appendNote(opened, what);
          if (what.kind === 'source-notices') notes.push(what.notices.join());
          else if (what.kind !== 'source-read') notes.push(what.kind);
        },
        onFailure: () => {},
      });
    write('CREATE TABLE sea (id INTEGER PRIMARY KEY, depth REAL); INSERT INTO sea VALUES (1, 4.5)');
    const one = keeper();

    await one.look(['weather']);
    write("INSERT INTO sea VALUES (2, 'deep')");
    await one.look(['weather']);
    write("INSERT INTO sea VALUES (3, 'deeper')");
    await one.look(['weather']);
    await keeper().look(['weather']);
    assert.equal(notes.length, 1, notes.join('\n'));
    assert.match(notes[0] ?? '', /^The column "depth" has .* kept as text$/);
    write('DELETE FROM sea WHERE id > 1');
    await keeper().look(['weather']);
    assert.deepEqual(notes.slice(1), ['']);
    write('DROP TABLE sea');
    await keeper().look(['weather']);
    await keeper().look(['weather']);
    write('CREATE TABLE sea (id INTEGER PRIMARY KEY, depth REAL); INSERT INTO sea VALUES (1, 4.5)');
    await keeper().look(['weather']);
    assert.deepEqual(notes.slice(2), ['source-failed', 'source-answers']);
  },
);
