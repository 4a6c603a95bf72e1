import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { planProject } from '../../run/plan-project.ts';
import { readSource } from '../../sources/read-source.ts';
import { makeTestProject, unattended } from '../../test-project.ts';

test('when a column is gone, what names it is told at the reading and in the plan, and what names another one is not', async (t) => {
  const { root, open, run } = makeTestProject(t, {
    'tidegate.yaml': `version: 1
project: sea
data: { weather: { from: { sqlite: { file: weather.db, table: weather } }, contract: weather.odcs.yaml } }
steps: { train: { run: sh train.sh, in: [data.weather, train.sh], out: { model: model.txt } } }
`,
    'train.sh': '# reads the wind\nls data/weather > model.txt\n# windy is another column; wind\n',
    'weather.odcs.yaml': `apiVersion: v3.1.0
kind: DataContract
id: weather
version: 1.0.0
status: active
schema: [{ name: weather, properties: [{ name: id, logicalType: integer }, { name: wind, logicalType: integer }] }]
`,
  });
  const database = new DatabaseSync(join(root, 'weather.db'));
  t.after(() => database.close());
  database.exec(
    'CREATE TABLE weather (id INTEGER PRIMARY KEY, wind INTEGER, sun INTEGER); INSERT INTO weather VALUES (1, 7, 3), (2, 8, 4)',
  );
  const first = await run();
  assert.equal(first.record.status, 'succeeded');
  database.exec('ALTER TABLE weather DROP COLUMN wind');

  using project = await open();
  const { changes, readers, affects } = await readSource(project, 'weather', { signal: unattended.signal, progress: () => {} });
  const expected = [
    { column: 'wind', name: 'data.weather', where: 'weather.odcs.yaml' },
    { column: 'wind', name: 'steps.train', where: 'train.sh:1' },
    { column: 'wind', name: 'steps.train', where: 'train.sh:3' },
  ];
  assert.deepEqual([changes, readers, affects], [[{ kind: 'dropped', column: 'wind', type: 'BIGINT' }], expected, ['steps.train']]);
  const { columns } = await planProject(project, { only: [], signal: unattended.signal });
  assert.deepEqual(columns, [{ dataset: 'weather', changes, readers: expected }]);
});
