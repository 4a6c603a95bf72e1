import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEngine, quoteText } from '@tidegate/runtime';
import { makeTestProject, unattended } from '../test-project.ts';
import { datasetToShow } from './aside-as-version.ts';
import { compareDataset } from './compare-dataset.ts';
import { datasetProfile } from './dataset-profile.ts';
import { datasetHistory } from './dataset-views.ts';
import { exportVersion } from './export-version.ts';
import { listVersion } from './look-into.ts';

const files = (leaveOut: boolean): { readonly [path: string]: string } => ({
  'tidegate.yaml': `version: 1
data: { t: { from: { files: t.csv }, contract: t.odcs.yaml, quarantine: { leave_out: ${leaveOut} } } }
steps: { copy: { run: [cp, t.csv, out.csv], in: [data.t], out: { rows: out.csv } } }
`,
  't.odcs.yaml': `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema: [{ name: t, properties: [{ name: n, logicalTypeOptions: { minimum: 0 }, logicalType: integer }, { name: who, customProperties: [{ property: tidegate.personal, value: true }] }] }]
`,
  't.csv': 'n,who\n1,ann\n-2,bob\n3,cy\n',
});

async function rowsIn(folder: string): Promise<readonly object[]> {
  using engine = await openEngine({ threads: 1 });
  return await engine.rows(`SELECT * FROM read_parquet(${quoteText(join(folder, 't.quarantine.parquet'))})`);
}

test('a run goes on without bad rows, says how many, and hands them out as a dataset of their own', async (t) => {
  const project = makeTestProject(t, files(true));
  const { record } = await project.run();

  assert.deepEqual(
    record.steps.map(({ step, status }) => `${step} ${status}`),
    ['data.t done', 'steps.copy done'],
  );
  const told = record.steps[0]?.evidence.map(({ reason }) => reason) ?? [];
  assert.ok(told.includes('1 of 3 rows break checks (n.minimum 1): they were left out, and are in data.t.quarantine'));
  assert.doesNotMatch(JSON.stringify(record), /bob/);
  using open = await project.open();
  const folder = join(project.root, '..', 'exported');
  await exportVersion(open, 't.quarantine', { version: null, folder });
  assert.deepEqual(await rowsIn(folder), [{ n: '-2', who: 'bob', tidegate_failed: ['n.minimum'], tidegate_file: 't.csv' }]);
  assert.deepEqual(
    (await listVersion(open, 't.quarantine', { version: null, path: '' })).files.map(({ path }) => path),
    ['t.quarantine.parquet'],
  );
  await assert.rejects(
    exportVersion(open, 'u.quarantine', { version: null, folder: `${folder}-2` }),
    /Cannot find rows of data.u that were put aside/,
  );
});

test('a version that stops has its bad rows put aside all the same', async (t) => {
  const project = makeTestProject(t, files(false));
  const { record } = await project.run();

  assert.equal(record.verdict, 'fail');
  assert.notEqual(record.steps.find(({ step }) => step === 'steps.copy')?.status, 'done');
  using open = await project.open();
  const folder = join(project.root, '..', 'exported');
  await exportVersion(open, 't.quarantine', { version: null, folder });
  assert.equal((await rowsIn(folder)).length, 1);
});

test('rows that were put aside are shown, profiled and compared like a version, without values of persons', async (t) => {
  const project = makeTestProject(t, files(true));
  await project.run();
  project.write({ 't.csv': 'n,who\n1,ann\n-2,bob\n3,cy\n-4,dan\n' });
  await project.run();
  using open = await project.open();
  const { signal } = unattended;

  const shown = await datasetToShow(open, 't.quarantine', signal);
  assert.deepEqual(
    [shown.version.rows, shown.version.columns.map(({ name }) => name), shown.evidence.map(({ reason }) => reason)],
    [
      2,
      ['n', 'who', 'tidegate_failed', 'tidegate_file'],
      ['2 of 4 rows break checks (n.minimum 2): they were left out, and are in data.t.quarantine'],
    ],
  );
  const { profile, digest } = await datasetProfile(open, 't.quarantine', { version: null, correlations: true, signal });
  assert.deepEqual([profile.rows, profile.columns.map(({ max }) => max).slice(0, 2), digest], [2, ['-4', null], shown.digest]);

  const [, former] = await datasetHistory(open, 't');
  const rows = { key: ['n'], limit: 3 };
  const compared = await compareDataset(open, 't.quarantine', {
    before: former?.digest ?? null,
    after: null,
    rows,
    signal,
    progress: () => {},
  });
  assert.deepEqual(
    [compared.before, compared.after, compared.rows, compared.rowChanges?.added],
    [former?.digest, shown.digest, { before: 1, after: 2 }, 1],
  );
  assert.deepEqual(compared.rowChanges?.examples.added, [
    { n: '-4', who: '(personal)', tidegate_failed: ['n.minimum'], tidegate_file: 't.csv' },
  ]);
  const ofAll = await compareDataset(open, 't', {
    before: former?.digest ?? null,
    after: digest,
    rows: { key: null, limit: 3 },
    signal,
    progress: () => {},
  });
  assert.doesNotMatch(JSON.stringify(ofAll), /ann|bob|cy|dan/);
});
