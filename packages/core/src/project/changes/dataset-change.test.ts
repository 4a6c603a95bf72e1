import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planProject } from '../run/plan-project.ts';
import { makeTestProject, unattended } from '../test-project.ts';

test('a changed table is told by columns and rows: of a file before it is read, of a dataset version after', async (t) => {
  const project = makeTestProject(t, {
    'tidegate.yaml': `version: 1
project: houses
data: { houses: { from: { files: houses.csv } } }
steps: { count: { run: cp houses.csv out.csv, in: [data.houses], out: { copy: out.csv } } }
`,
    'houses.csv': 'area,price,old\n10,1,x\n20,2,x\n',
  });
  await project.run();
  project.write({ 'houses.csv': 'area,price,garden\n10,1,y\n20,2,y\n90,3,z\n' });
  const planned = async () => {
    using opened = await project.open();
    return (await planProject(opened, { only: [], signal: unattended.signal })).steps;
  };

  const before = await planned();
  await project.run({ only: ['data.houses'] });
  const after = await planned();

  const table = { kind: 'table', rows: { before: 2, after: 3 }, added: ['garden'], removed: ['old'], columns: [] };
  assert.deepEqual(before[0]?.changes, [{ input: 'houses.csv', change: table }]);
  assert.deepEqual(after[1]?.changes, [
    {
      input: 'data.houses/files',
      change: {
        ...table,
        columns: [
          { name: 'area', figure: 'mean', before: 15, after: 40 },
          { name: 'price', figure: 'mean', before: 1.5, after: 2 },
        ],
      },
    },
  ]);
});
