import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { failure } from '@tidegate/formats';
import { startWebServer } from '../../data/sources/http/test-web-server.ts';
import { complaints, makeTestProject, unattended } from '../test-project.ts';
import { pushData } from '../remote/push-data.ts';
import { runProject } from '../run/run-project.ts';
import { readSource } from './read-source.ts';

const options = { signal: unattended.signal, progress: (): void => {} };

test('a machine that has read nothing itself goes on from what is pinned, and tells nobody where that came from', async (t) => {
  await using server = await startWebServer();
  for (const name of ['a', 'b']) server.files.set(`/${name}.csv`, Buffer.from(`id\n${name}\n`));
  const { root, open, openClone, commit } = makeTestProject(t, {
    'tidegate.yaml': `version: 1
data: { rates: { from: { http: { urls: ["${server.url}/a.csv", "${server.url}/b.csv"] } } } }
steps: { all: { run: cp data/rates/a.csv all.csv, in: [data.rates], out: { table: all.csv } } }
`,
    '.gitignore': 'all.csv\n',
  });
  using project = await open({ remote: true });
  const first = await runProject(project, { goal: 'gate', only: [], force: [], jobs: 1, again: false, ...unattended });
  assert.equal(first.notShared, null, complaints(first));
  await pushData(project, []);
  commit('Pin the rates');
  const positions = join(root, '../remote/records/positions');
  const kept = readdirSync(positions, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  assert.equal(kept.length, 1);
  const text = readFileSync(join(positions, kept[0] ?? ''), 'utf8');
  assert.ok(!text.includes('127.0.0.1'), text);

  server.files.set('/b.csv', Buffer.from('id\nc\n'));
  using clone = await openClone();
  const read = await readSource(clone, 'rates', options);
  assert.deepEqual([read.rows, read.readRows, read.isNew], [2, 1, true]);

  using cut = await openClone();
  const unreachable = failure('TG-STORE-REMOTE-UNREACHABLE', 'Cannot reach the remote: it is cut off', 'Look at the network');
  const without = { ...cut, remote: { ...(cut.remote ?? assert.fail()), readRecords: () => Promise.reject(unreachable) } };
  const whole = await readSource(without, 'rates', options);
  assert.equal(whole.readRows, 2);
  assert.match(whole.notices.join(), /all of it was read, .* TG-STORE-REMOTE-UNREACHABLE: Cannot reach the remote: it is cut off/);

  rmSync(positions, { recursive: true });
  using other = await openClone();
  assert.deepEqual((await readSource(other, 'rates', options)).readRows, 2);
});
