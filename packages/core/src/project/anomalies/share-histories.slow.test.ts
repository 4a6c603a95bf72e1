import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { datasetLog } from '../data/dataset-log.ts';
import type { Project } from '../project.ts';
import { runProject } from '../run/run-project.ts';
import { makeTestProject, unattended } from '../test-project.ts';
import { datasetAnomalies, sayFine } from './dataset-anomalies.ts';

const wholeRun = { goal: 'gate', only: [], force: [], jobs: 1, again: false, ...unattended };

function rowsOf(version: number, rows: number): string {
  return `id\n${Array.from({ length: rows + ((version * 7) % 5) }, (_, row) => `${version}-${row}`).join('\n')}\n`;
}

async function verdictOfRows(project: Project): Promise<string | undefined> {
  const { record } = await runProject(project, wholeRun);
  return record.steps.flatMap(({ evidence }) => evidence).find(({ name }) => name === 'anomalies.rows')?.verdict;
}

test('a fresh clone judges by what other machines have measured and said, and they by what it says', async (t) => {
  const at = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\nproject: shop\ndata: { orders: { from: { files: orders.csv } } }\n',
    '.gitignore': 'build/\norders.csv\n',
    'orders.csv': rowsOf(0, 1000),
  });
  at.commit('First');
  using first = await at.open({ remote: true });
  for (let version = 0; version < 6; version++) {
    at.write({ 'orders.csv': rowsOf(version, 1000) });
    await runProject(first, wholeRun);
  }

  using clone = await at.openClone();
  writeFileSync(join(clone.root, 'orders.csv'), rowsOf(9, 300));
  assert.equal(await verdictOfRows(clone), 'fail');

  const { report } = await datasetAnomalies(clone, 'orders', null);
  await sayFine(clone, { dataset: 'orders', version: report.version, measure: 'rows', isFine: true, reason: 'a strike' });
  assert.equal(await verdictOfRows(clone), undefined);
  copyFileSync(join(clone.root, 'orders.csv'), join(first.root, 'orders.csv'));
  assert.equal(await verdictOfRows(first), undefined);
  const [newest] = await datasetLog(first, 'orders');
  assert.deepEqual(
    newest?.fine.map(({ measure, reason }) => [measure, reason]),
    [['rows', 'a strike']],
  );
});
