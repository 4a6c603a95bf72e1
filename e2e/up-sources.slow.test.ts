import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { skipWithoutPostgres, startPostgres } from '../packages/core/src/data/sources/fixtures/postgres-server.ts';
import { makeWatchedProject } from '../packages/core/src/loop/test-project.ts';
import { up } from '../packages/core/src/loop/test-up.ts';

const skip = skipWithoutPostgres();

test(
  'new rows of a table are read and taken along the path, and a source that fails ends nothing',
  { skip, timeout: 120_000 },
  async (t) => {
    await using server = await startPostgres();
    await server.run("CREATE TABLE weather (id int PRIMARY KEY, place text); INSERT INTO weather VALUES (1, 'Oslo'), (2, 'Rome')");
    process.env['TIDEGATE_SECRET_URL'] = server.url();
    t.after(() => delete process.env['TIDEGATE_SECRET_URL']);
    const project = makeWatchedProject(t, {
      'tidegate.yaml': `version: 1
project: weather
data: { weather: { from: { postgres: { url: { secret: URL }, table: weather, cursor: id, every: 1s } } } }
steps: { count: { run: sh count.sh, in: [data.weather, count.sh], out: { count: count.txt } } }
`,
      'count.sh': 'cat data/weather/*.parquet | wc -c > count.txt\n',
    });

    const run = up(project);
    await run.noted(({ kind }) => kind === 'path-ended');
    const counted = readFileSync(join(project.root, 'count.txt'), 'utf8');
    await pause(2_500); // two looks that find nothing
    assert.deepEqual(
      run.notes.filter(({ kind }) => kind === 'source-read'),
      [],
    );
    await server.run("INSERT INTO weather VALUES (3, 'Bern')");
    const read = await run.noted((what) => what.kind === 'source-read');
    const ended = await run.noted((what) => what.kind === 'path-ended' && what.why.kind === 'source-read');

    assert.deepEqual(read.kind === 'source-read' && [read.dataset, read.rows, read.columns], ['weather', 3, []]);
    assert.equal(ended.kind === 'path-ended' && ended.outcome, 'passed');
    assert.notEqual(readFileSync(join(project.root, 'count.txt'), 'utf8'), counted);
    assert.match(project.git('log', '-1', '--format=%s%n%b'), /^Pin data\.weather\n[^]*new data of weather/);

    await server.run('ALTER TABLE weather RENAME TO other');
    const failed = await run.noted((what) => what.kind === 'source-failed');
    assert.equal(failed.kind === 'source-failed' && failed.failure.code, 'TG-SOURCE-NOT-FOUND');
    await run.end();
    assert.equal(run.notes.filter(({ kind }) => kind === 'source-failed').length, 1);
    assert.equal(run.notes.filter(({ kind }) => kind === 'path-begun').length, 2);
  },
);
