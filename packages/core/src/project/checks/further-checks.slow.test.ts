import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunRecord, StepRecord } from '@tidegate/formats';
import { datasetStatus } from '../data/dataset-status.ts';
import { makeTestProject } from '../test-project.ts';

const yaml = (more = ''): string => `version: 1
data:
  orders: { from: { files: orders.csv }, contract: orders.odcs.yaml }
  customers: { from: { files: customers.csv }, contract: customers.odcs.yaml }
steps:
  count: { run: [cp, orders.csv, count.csv], in: [data.orders], out: { table: count.csv } }
${more}`;

const contract = (name: string, body: string): string =>
  `apiVersion: v3.1.0\nkind: DataContract\nid: ${name}\nversion: 1.0.0\nstatus: active\nschema:\n  - name: ${name}\n${body}`;

const own = (words: string): string => `{ type: custom, engine: tidegate, implementation: { ${words} } }`;

const orders = contract(
  'orders',
  `    quality:
      - ${own('check: rowCountChange, mustBeBetween: [-50, 100]')}
      - ${own('check: sameAggregate, aggregate: sum, column: amount, dataset: customers, of: total')}
    properties:
      - { name: id, logicalType: integer, primaryKey: true }
      - name: customer
        logicalType: string
        quality: [${own('check: existsIn, dataset: customers, column: name')}]
      - { name: amount, logicalType: number }
`,
);

const customers = contract(
  'customers',
  `    quality: [${own('check: reconciles, columns: [name], dataset: orders, references: [customer], amount: total, against: amount')}]
    properties:
      - { name: name, logicalType: string, customProperties: [{ property: tidegate.personal, value: true }] }
      - { name: total, logicalType: number }
`,
);

const files = {
  'tidegate.yaml': yaml(),
  'orders.odcs.yaml': orders,
  'customers.odcs.yaml': customers,
  'orders.csv': 'id,customer,amount\n1,ann,10\n2,bob,5\n3,ann,1\n',
  'customers.csv': 'name,total\nann,11\nbob,5\n',
};

function stepOf({ steps }: RunRecord, name: string): StepRecord {
  return steps.find(({ step }) => step === name) ?? assert.fail(`no step ${name}`);
}

const told = (run: RunRecord, name: string): readonly string[] =>
  stepOf(run, name).evidence.map(({ verdict, reason, blocking }) => `${verdict}${blocking ? '!' : ''}: ${reason}`);

test('two datasets that refer to one another are judged after both, a change of either judges anew, and a fault stops what reads the data', async (t) => {
  const project = makeTestProject(t, files);
  const { record: first } = await project.run();

  assert.deepEqual(told(first, 'checks.orders'), [
    'pass: customer is name of a row of customers: 0 of 3 rows name none',
    'inconclusive: the number of rows has changed against the former version by between -50 and 100, both excluded percent: not measured, there are 0 former versions, and 1 are needed',
    'pass: the sum of amount is that of total in customers: it is 16 here and 16 there',
  ]);
  assert.deepEqual(told(first, 'checks.customers'), ['pass: the sum of total by name is that of amount in orders: 0 of 2 groups differ']);
  assert.equal(stepOf(first, 'steps.count').status, 'done');

  const { record: second } = await project.run();
  assert.deepEqual(
    second.steps.map(({ step, status }) => `${step} ${status}`),
    first.steps.map(({ step }) => `${step} hit`),
  );

  project.write({ 'customers.csv': 'name,total\nann,12\ncy,4\n' });
  const { record: third } = await project.run();
  assert.deepEqual(told(third, 'checks.orders').slice(0, 1), ['fail!: customer is name of a row of customers: 1 of 3 rows names none']);
  assert.deepEqual(stepOf(third, 'checks.orders').evidence[0]?.details, {
    ...(stepOf(third, 'checks.orders').evidence[0]?.details as object),
    failingRows: 1,
    examples: [{ id: 2, customer: '(personal)' }],
  });
  assert.deepEqual(told(third, 'checks.customers'), ['fail!: the sum of total by name is that of amount in orders: 3 of 3 groups differ']);
  assert.doesNotMatch(JSON.stringify(stepOf(third, 'checks.customers')), /\bann\b|\bbob\b|"cy"/);
  assert.equal(stepOf(third, 'data.orders').status, 'hit');
  assert.notEqual(stepOf(third, 'steps.count').status, 'done');
  assert.equal(third.verdict, 'fail');

  project.write({ 'customers.csv': files['customers.csv'] });
  const { record: fourth } = await project.run();
  assert.equal(stepOf(fourth, 'steps.count').status, 'hit', 'the same data again need no work');
});

test('a version is compared with the one before it, and keeps that one whatever comes later', async (t) => {
  const project = makeTestProject(t, files);
  await project.run();
  project.write({ 'orders.csv': 'id,customer,amount\n1,ann,16\n' });
  const { record: less } = await project.run();

  assert.match(told(less, 'checks.orders').join('\n'), /^fail!: the number of rows .*: it is -66.6667 percent$/m);
  const again = await project.run();
  assert.equal(stepOf(again.record, 'checks.orders').status, 'hit');
  assert.equal(stepOf(again.record, 'checks.orders').key, stepOf(less, 'checks.orders').key);
});

test('the age of data is judged when it is read, and told as it is now by the status', async (t) => {
  const day = 86_400_000;
  const at = (ms: number): string => new Date(ms).toISOString().slice(0, 19);
  const seen = contract(
    't',
    `    properties: [{ name: seen, logicalType: timestamp, quality: [${own('check: notOlderThan, age: 24h')}] }]\n`,
  );
  const project = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\ndata: { t: { from: { files: t.csv }, contract: t.odcs.yaml } }\n',
    't.odcs.yaml': seen,
    't.csv': `seen\n${at(Date.now() - day / 2)}\n${at(Date.now() + 30 * day)}\n`,
  });
  const { record } = await project.run();
  assert.match(told(record, 'checks.t').join(), /^pass: the newest seen is at most 1 d old: it was of .*, 12 h before /);

  project.write({ 't.csv': `seen\n${at(Date.now() - 3 * day)}\n` });
  const { record: old } = await project.run();
  assert.match(told(old, 'checks.t').join(), /^fail!: the newest seen is at most 1 d old: it was of .*, 3 d before /);

  const level = seen.replace('schema:', 'slaProperties: [{ property: latency, value: 2, unit: d, element: seen }]\nschema:');
  project.write({ 't.odcs.yaml': level.replace('age: 24h', 'age: 5d') });
  const { record: late } = await project.run();
  assert.match(told(late, 'checks.t').join('\n'), /^pass: .*\nfail!: the newest seen is at most 2 d old: it was of .*, 3 d before /);

  project.write({ 't.odcs.yaml': seen.replace('age: 24h', 'age: 5d'), 'tidegate.lock': '' });
  await project.run();
  using open = await project.open();
  const later = { ...open, platform: { ...open.platform, clock: { ...open.platform.clock, now: () => Date.now() + 4 * day } } };
  const [status] = await datasetStatus(later, ['t']);
  assert.deepEqual(
    status?.ages.map(({ column, limitMs, isOld, ageMs }) => [column, limitMs, isOld, Math.round(ageMs / day)]),
    [['seen', 5 * day, true, 7]],
  );
});
