import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Diagnostic } from '@tidegate/formats';
import { commandLine } from './command-line.ts';

/** A folder with files in it, a home of its own, and the command line called there. */
function folderWith(t: TestContext, files: { readonly [path: string]: string }): (line: string) => Promise<Refusal> {
  const place = mkdtempSync(join(tmpdir(), 'tidegate-cli-'));
  const cwd = join(place, 'project');
  mkdirSync(cwd);
  t.after(() => rmSync(place, { recursive: true }));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(cwd, path), text);
  return async (line) => {
    const printed: string[] = [];
    const code = await commandLine([...line.split(' '), '--json'], {
      stdout: { write: (text) => printed.push(text), pour: async () => {} },
      stderr: { write: () => {}, pour: async () => {} },
      cwd,
      variables: { ...process.env, TIDEGATE_HOME: join(place, 'home') },
      signal: new AbortController().signal,
    });
    const { errors } = JSON.parse(printed.join('')) as { readonly errors: readonly Diagnostic[] };
    return { code, errors: errors.map((one) => `${one.code}: ${one.message}`), hint: errors[0]?.hint ?? null };
  };
}

interface Refusal {
  readonly code: number;
  readonly errors: readonly string[];
  readonly hint: string | null;
}

const houses = {
  'houses.csv': 'area,price\n1,2\n',
  'train.py': 'import pickle\npickle.dump({}, open("model.pkl", "wb"))\n',
};
const project = {
  ...houses,
  'tidegate.yaml':
    'version: 1\ndata: { houses: { from: { files: houses.csv } } }\nsteps: { train: { run: python train.py, out: { model: model.pkl } } }\nmodels: { price: { artifact: steps.train.model, evaluate: { on: data.houses, label: price, metrics: [rmse] } } }\n',
};

test('outside a project a command that needs one says how to make one', async (t) => {
  const { code, errors, hint } = await folderWith(t, {})('status');

  assert.equal(code, 2);
  assert.match(errors[0] ?? '', /^TG-CLI-NO-PROJECT: Cannot find a project: neither ".*" nor a folder above it holds a tidegate\.yaml$/);
  assert.equal(hint, 'Run "tidegate init" to make one here');
});

test('a name that nothing of the project has is refused by every command, with the nearest or with what there is', async (t) => {
  const call = folderWith(t, project);

  for (const line of [
    'show steps.trian',
    'explain steps.trian',
    'run steps.trian',
    'plan steps.trian',
    'log steps.trian',
    'test trian',
    'report r-20261123-202553-3f9a',
    'report',
    'data show house',
    'data log house',
    'data diff house',
    'data infer house',
    'data checkout house',
    'features get delay',
    'models lineage 3f2a9c1d',
    'deploy productoin',
    'deploy production 3f2a9c1d',
    'rollback productoin',
    'stop productoin',
    'serve 3f2a9c1d',
    'monitors check price',
    'monitors log price',
    'show monitors.price',
    'score houses.csv --output scored.csv',
    'score houses.csv --output scored.csv --release 3f2a9c1d',
    'score --replay productoin',
  ]) {
    const { code, errors, hint } = await call(line);
    assert.equal(code, 2, `${line}: ${errors.join()}`);
    assert.match(errors.join('\n'), /^TG-CLI-NOT-FOUND: /, line);
    assert.notEqual(hint, null, line);
  }
});

test('init says what it cannot tell, and leaves a project that is there alone', async (t) => {
  const refusals = [
    await folderWith(t, project)('init --yes'),
    await folderWith(t, {})('init --yes'),
    await folderWith(t, { 'houses.csv': houses['houses.csv'] })('init --yes --label price'),
    await folderWith(t, { ...houses, 'train.py': 'print("no model")\n' })('init --yes'),
    await folderWith(t, houses)('init --yes'),
    await folderWith(t, houses)('init --yes --label prize'),
  ];

  assert.deepEqual(
    refusals.map(({ code, errors, hint }) => [code, errors.join().replace('TG-CLI-INIT: Cannot make a project: ', ''), hint]),
    [
      [2, 'tidegate.yaml is there already', 'Run "tidegate run", or remove the file first'],
      [2, 'no CSV, Parquet or JSON lines file is in this folder or in data/', 'Name it: "tidegate init" with --data FILE'],
      [2, 'no Python script in this folder trains a model', 'Name it: "tidegate init" with --train SCRIPT'],
      [2, '"train.py" does not say where it saves the model', 'Name it: "tidegate init" with --model FILE'],
      [2, 'the column to predict cannot be told (columns: area, price)', 'Name it: "tidegate init" with --label COLUMN'],
      [2, '"houses.csv" has no column "prize"', 'Did you mean "price"?'],
    ],
  );
});

test('a run, a program and a server that cannot be are each refused with what is missing', async (t) => {
  const empty = await folderWith(t, { 'tidegate.yaml': 'version: 1\nproject: empty\n' })('run');
  const program = await folderWith(t, project)('exec --json -- no-such-program');
  const call = folderWith(t, { 'release.json': '{}' });
  const server = await call('serve --release .');

  assert.equal(empty.code, 2);
  assert.match(empty.errors[0] ?? '', /^TG-CLI-NOTHING-TO-RUN: /);
  assert.equal(program.code, 127);
  assert.match(program.errors[0] ?? '', /^TG-CLI-NO-PROGRAM: Cannot run "no-such-program": /);
  assert.equal(server.code, 1);
  assert.match(server.errors[0] ?? '', /^TG-CLI-SERVER-ENDED: /);
});

test('score says what is missing, and what of an option it cannot read', async (t) => {
  const call = folderWith(t, project);
  const refusals = await Promise.all(
    [
      'score',
      'score houses.csv',
      'score houses.csv --output ./houses.csv',
      'score houses.csv --output scored.csv --chunk 0',
      'score houses.csv --output scored.csv --as-of noon',
      'score houses.csv --replay production',
      'score --replay production --tolerance much',
    ].map(call),
  );

  assert.deepEqual(
    refusals.map(({ code, errors }) => [
      code,
      errors
        .join()
        .replace('TG-CLI-USAGE: Cannot ', '')
        .replace(/"\/.*\//, '"'),
    ]),
    [
      [2, 'score: no file with rows is given'],
      [2, 'score "houses.csv": "--output" is missing'],
      [2, 'score: "houses.csv" is named for two of the files'],
      [2, 'score "0" rows at once: it must be a whole number from 1'],
      [2, 'read the moment "noon": it is no ISO 8601 time'],
      [2, 'replay a log and score a file at once'],
      [2, 'compare within "much": it must be a number from 0 to 1'],
    ],
  );
});

test('a report with a replay that is not there, or is something else, says how to make one', async (t) => {
  const call = folderWith(t, { ...project, 'other.json': '{"format":"tidegate.run/1"}', 'torn.json': '{"form' });

  for (const file of ['none.json', 'torn.json']) {
    const { errors, hint } = await call(`report --all --replay ${file}`);
    assert.deepEqual(errors, [`TG-CLI-NOT-FOUND: Cannot read "${file}": it is not there, or no JSON`]);
    assert.equal(hint, 'Make it: tidegate score --replay production --receipt replay.json');
  }
  assert.match((await call('report --all --replay other.json')).errors[0] ?? '', /^TG-STORE-RECORD: Cannot read "other\.json"/);
});
