import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import type { Evidence, StepRecord, TestReport } from '@tidegate/formats';
import { makeTestProject, type TestProject } from '../test-project.ts';

const users = Array.from({ length: 300 }, (_, user) => user);
const visits = users.flatMap((user) => [`${user};${user + 1};${3 * (user + 1) + (user % 3)}`, `${user};${user + 2};${3 * (user + 2)}`]);
const files = {
  'held.csv': `user_id;area;price\n${visits.join('\n')}\n`,
  'visits.csv': `user_id;area;price\n${visits.join('\n')}\n`,
  'users.csv': `user_id,town\n${users.map((user) => `${user},town ${user % 7}`).join('\n')}\n`,
  'towns.csv': `town,rate\n${Array.from({ length: 7 }, (_, town) => `town ${town},${town}`).join('\n')}\n`,
  // every visit has its user in a sample as well, and towns are all there; how many rows there are is told
  'train.py': `import csv
visits = list(csv.DictReader(open("visits.csv"), delimiter=";"))
users = list(csv.DictReader(open("users.csv")))
assert {row["user_id"] for row in visits} == {row["user_id"] for row in users}, "a visit has lost its user"
assert len(list(csv.DictReader(open("towns.csv")))) == 7
assert len(visits) == 2 * len(users)
print("rows", len(visits), len(users))
open("model.py", "w").write("def predict(rows):\\n    return [3 * row['area'] for row in rows]\\n")
`,
  'check.sh': '#!/bin/sh\nexit 0\n',
};
const yaml = (sample: string): string => `version: 1
project: visits
data:
  visits: { from: { files: visits.csv } }
  users: { from: { files: users.csv } }
  towns: { from: { files: towns.csv } }
  held: { from: { files: held.csv } }
steps: { train: { run: python3 train.py, in: [data.visits, data.users, data.towns], out: { model: model.py } } }
tests:
  unit: { run: sh check.sh }
  pipeline: ${sample}
models:
  price:
    artifact: steps.train.model
    evaluate: { on: data.held, label: price, metrics: [rmse], ignore: [user_id] }
    gate: { max: { rmse: 2 } }
services: { prices: { model: price } }
`;

interface Sampled {
  readonly record: StepRecord;
  readonly evidence: Evidence;
  readonly cases: TestReport['cases'];
  readonly rows: { readonly [dataset: string]: number };
}

function projectWith(t: TestContext, sample: string): TestProject {
  return makeTestProject(t, { ...files, 'tidegate.yaml': yaml(sample) });
}

async function sampleOf(project: TestProject): Promise<Sampled> {
  const { record: run } = await project.run({ only: ['tests.pipeline'] });
  const record = run.steps.find(({ step }) => step === 'tests.pipeline');
  assert.ok(record);
  assert.deepEqual(record.failure, null);
  const [evidence] = record.evidence;
  assert.ok(evidence);
  const { cases } = evidence.details as unknown as TestReport;
  return { record, evidence, cases, rows: record.facts['rows'] as Sampled['rows'] };
}

test('the whole path is run on a sample of entities: the same ones in every dataset, in every run', { timeout: 300_000 }, async (t) => {
  const project = projectWith(t, '{ sample: 20%, by: user_id }');
  const before = readdirSync(project.root).toSorted();

  const first = await sampleOf(project);

  assert.equal(first.evidence.verdict, 'pass', first.evidence.reason);
  assert.match(
    first.evidence.reason,
    /^\d+ of \d+ steps came to a result on a sample of 20 %: \d+ of data\.visits, \d+ of data\.users, \d+ of data\.held$/,
  );
  const { users: some = 0 } = first.rows;
  assert.ok(some > 30 && some < 90, `${some} users of 300`);
  assert.deepEqual(first.rows, { visits: 2 * some, users: some, held: 2 * some });
  const names = first.cases.map(({ name }) => name);
  for (const name of ['data.visits', 'data.towns', 'steps.train', 'tests.unit', 'models.price', 'services.prices', 'trials.prices'])
    assert.ok(names.includes(name), `${name} in ${names.join(', ')}`);
  assert.ok(!names.includes('tests.pipeline'));
  assert.deepEqual(new Set(first.cases.map(({ outcome }) => outcome)), new Set(['passed']));
  // nothing of it is seen in the project
  assert.deepEqual(
    readdirSync(project.root)
      .filter((name) => name !== 'build')
      .toSorted(),
    before,
  );

  const again = await sampleOf(project);
  assert.equal(again.record.status, 'hit');
  project.write({ 'check.sh': '#!/bin/sh\n# another comment\nexit 0\n' });
  const third = await sampleOf(project);
  assert.deepEqual([third.record.status, third.rows], ['done', first.rows]);
});

test(
  'a step or a test that fails on the sample fails the suite, and what is judged of few rows does not',
  { timeout: 300_000 },
  async (t) => {
    const project = projectWith(t, '{ sample: 20%, by: user_id }');
    project.write({ 'check.sh': '#!/bin/sh\nexit 1\n' });
    const tested = await sampleOf(project);
    project.write({ 'check.sh': '#!/bin/sh\nexit 0\n', 'train.py': 'raise SystemExit("no such column")\n' });
    const trained = await sampleOf(project);

    assert.equal(tested.evidence.verdict, 'fail');
    assert.match(
      tested.evidence.reason,
      /^1 of \d+ steps failed on a sample of 20 %: tests\.unit: The command of "unit" ended with exit code 1/,
    );
    assert.equal(trained.evidence.verdict, 'fail');
    assert.match(trained.evidence.reason, /steps\.train: TG-COMMANDS-FAILED: .* exit code 1: no such column$/);
    assert.equal(trained.cases.find(({ name }) => name === 'models.price')?.outcome, 'skipped');
  },
);

test('a sample by a column that no dataset has, or without a row, is invalid', { timeout: 300_000 }, async (t) => {
  const nowhere = await sampleOf(projectWith(t, '{ sample: 20%, by: [customer, account] }'));
  const empty = await sampleOf(projectWith(t, '{ sample: 0.000001, by: user_id }'));

  assert.deepEqual(
    [nowhere.evidence.verdict, nowhere.evidence.reason],
    ['invalid', 'No dataset has a column "customer" or "account", so no sample was taken'],
  );
  assert.deepEqual(
    [empty.evidence.verdict, empty.evidence.reason],
    ['invalid', 'A sample of 0.0001 % has no row of data.visits: take a larger one'],
  );
});
