import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startWebServer } from '../../data/sources/http/test-web-server.ts';
import { complaints, makeTestProject, unattended } from '../test-project.ts';
import { readSource } from './read-source.ts';

test('a run reads files of the web that were never read, and what did not change of them is not read again', async (t) => {
  await using server = await startWebServer();
  server.files.set('/a.csv', Buffer.from('id,price\n1,100\n'));
  server.files.set('/b.csv', Buffer.from('id,price\n2,200\n'));
  const { root, open, run } = makeTestProject(t, {
    'tidegate.yaml': `version: 1
data: { rates: { from: { http: { urls: ["${server.url}/a.csv", "${server.url}/b.csv"] } } } }
steps: { all: { run: sh all.sh, in: [data.rates], out: { table: all.csv } } }
`,
    'all.sh': 'cat data/rates/a.csv data/rates/b.csv > all.csv\n',
  });
  const signal = { signal: unattended.signal, progress: (): void => {} };

  const first = await run();
  assert.equal(first.record.status, 'succeeded', complaints(first));
  assert.equal(readFileSync(join(root, 'all.csv'), 'utf8'), 'id,price\n1,100\nid,price\n2,200\n');

  server.files.set('/b.csv', Buffer.from('id,price\n2,250\n'));
  using project = await open();
  const second = await readSource(project, 'rates', signal);
  assert.deepEqual([second.unit, second.rows, second.readRows, second.isNew], ['file', 2, 1, true]);
  const third = await readSource(project, 'rates', signal);
  assert.deepEqual([third.tree, third.readRows, third.isNew], [second.tree, 0, false]);

  const again = await run();
  assert.equal(again.record.status, 'succeeded', complaints(again));
  assert.equal(readFileSync(join(root, 'all.csv'), 'utf8'), 'id,price\n1,100\nid,price\n2,250\n');
});
