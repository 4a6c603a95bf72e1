import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunRecord, StepRecord } from '@tidegate/formats';
import { makeTestProject } from '../test-project.ts';

const contract = (id: string, bounds: string): string => `apiVersion: v3.1.0
kind: DataContract
id: ${id}
version: 1.0.0
status: active
schema:
  - name: houses
    properties: [{ name: area, logicalType: integer, logicalTypeOptions: { ${bounds} } }]
`;

const files = {
  'tidegate.yaml': `version: 1
data:
  houses: { from: { files: houses.csv }, contract: own.odcs.yaml, consumers: consumers/*.odcs.yaml }
steps:
  count: { run: [cp, houses.csv, count.csv], in: [data.houses], out: { table: count.csv } }
`,
  'own.odcs.yaml': contract('own', 'maximum: 100'),
  'consumers/agents.odcs.yaml': contract('agents', 'maximum: 50'),
  'houses.csv': 'area,price\n40,1\n50,2\n',
};

function stepOf({ steps }: RunRecord, name: string): StepRecord {
  return steps.find(({ step }) => step === name) ?? assert.fail(`no step ${name}`);
}

const told = (run: RunRecord, step = 'consumers.houses'): readonly string[] =>
  stepOf(run, step).evidence.flatMap(({ name, verdict, reason, blocking }) =>
    verdict === 'pass' ? [] : [`${name} ${verdict}${blocking ? '!' : ''}: ${reason}`],
  );

test("a producer's change that keeps its own data contract is stopped by that of a consumer", async (t) => {
  const project = makeTestProject(t, files);

  const { record: first } = await project.run();
  assert.deepEqual([told(first), stepOf(first, 'steps.count').status, first.verdict], [[], 'done', null]);
  assert.ok(stepOf(first, 'consumers.houses').evidence.some(({ name }) => name === 'agents.area.maximum'));

  project.write({ 'houses.csv': 'area,price\n40,1\n60,2\n', 'own.odcs.yaml': contract('own', 'maximum: 200') });
  const { record: wider } = await project.run();
  assert.deepEqual(told(wider), ['agents.area.maximum fail!: for "agents": area is at most 50: 1 of 2 rows is above, largest 60']);
  assert.deepEqual(
    stepOf(wider, 'data.houses').evidence.filter(({ verdict, blocking }) => verdict === 'fail' && blocking),
    [],
  );
  assert.notEqual(stepOf(wider, 'steps.count').status, 'done');
  assert.equal(wider.verdict, 'fail');

  project.write({ 'consumers/agents.odcs.yaml': contract('agents', 'maximum: 60') });
  const { record: agreed } = await project.run();
  assert.deepEqual([told(agreed), stepOf(agreed, 'data.houses').status, stepOf(agreed, 'steps.count').status], [[], 'hit', 'done']);

  project.write({ 'consumers/more.odcs.yaml': contract('more', 'minimum: 45') });
  const { record: more } = await project.run();
  assert.deepEqual(told(more), ['more.area.minimum fail!: for "more": area is at least 45: 1 of 2 rows is below, smallest 40']);
});

test('what a consumer needs beyond the rows is judged too: other datasets, former versions, how old they are', async (t) => {
  const needs = contract('agents', 'maximum: 50')
    .replace('schema:', 'slaProperties: [{ property: latency, value: 1, unit: d, element: houses.sold }]\nschema:')
    .replace('properties: [', 'properties: [{ name: sold, logicalType: timestamp }, { name: town, relationships: [{ to: towns.name }] }, ');
  const project = makeTestProject(t, {
    'tidegate.yaml': `version: 1
data:
  houses: { from: { files: houses.csv }, consumers: consumers/*.odcs.yaml }
  towns: { from: { files: towns.csv } }
steps:
  count: { run: [cp, houses.csv, count.csv], in: [data.houses], out: { table: count.csv } }
`,
    'consumers/agents.odcs.yaml': needs,
    'houses.csv': 'area,town,sold\n40,Kiel,2020-01-01 00:00:00\n50,Husum,2020-01-02 00:00:00\n',
    'towns.csv': 'name\nKiel\n',
  });

  const { record } = await project.run();

  assert.deepEqual(told(record), []);
  const found = told(record, 'checks.houses');
  assert.equal(found.length, 2);
  assert.match(
    found[0] ?? '',
    /^agents\.town\.relationship fail!: for "agents": town is name of a row of towns: 1 of 2 rows names none, for instance "Husum"$/,
  );
  assert.match(
    found[1] ?? '',
    /^agents\.sold\.latency fail!: for "agents": the newest sold is at most 1 d old: it was of 2020-01-02T00:00:00\.000Z, /,
  );
  assert.notEqual(stepOf(record, 'steps.count').status, 'done');

  project.write({
    'towns.csv': 'name\nKiel\nHusum\n',
    'consumers/agents.odcs.yaml': needs.replace('value: 1, unit: d', 'value: 100, unit: y'),
  });
  const { record: kept } = await project.run();
  assert.deepEqual(
    [told(kept, 'checks.houses'), stepOf(kept, 'data.houses').status, stepOf(kept, 'steps.count').status],
    [[], 'hit', 'done'],
  );
});
