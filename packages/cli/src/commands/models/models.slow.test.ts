import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ComparedModels, ExportedModel, LiveModel, ModelFacts } from '@tidegate/core';
import { callCommandLine, type Printed } from '../../test-command-line.ts';

const fixtures = resolve(import.meta.dirname, '../../../../serving/fixtures');

const yaml = `version: 1
project: shapes
data: { shapes: { from: { files: shapes.csv } } }
steps:
  train: { run: cp made.onnx model.onnx, in: [made.onnx, data.shapes], out: { model: model.onnx } }
models:
  shape: { artifact: steps.train.model, evaluate: { on: data.shapes, label: kind, metrics: [accuracy], slices: [colour] }, gate: { min: { accuracy: 0.01 } } }
environments: { production: { target: local } }
`;

interface Place {
  readonly cwd: string;
  readonly call: (line: string) => Promise<Printed>;
  readonly json: <T>(line: string) => Promise<T>;
}

function projectIn(t: TestContext): Place {
  const place = mkdtempSync(join(tmpdir(), 'tidegate-cli-models-'));
  const cwd = join(place, 'project');
  mkdirSync(cwd);
  const variables = { ...process.env, TIDEGATE_HOME: join(place, 'home') };
  const call = (line: string): Promise<Printed> => callCommandLine(line.split(' '), { cwd, variables });
  t.after(async () => {
    await call('stop production');
    rmSync(place, { recursive: true });
  });
  const kinds = ['long', 'small', 'wide'];
  const rows = Array.from(
    { length: 600 },
    (_, row) => `${row % 2 === 0 ? 'red' : 'blue'},${(row * 7) % 11},${(row * 5) % 13},${kinds[row % 3] ?? ''}`,
  );
  writeFileSync(join(cwd, 'shapes.csv'), `colour,length,width,kind\n${rows.join('\n')}\n`);
  writeFileSync(join(cwd, 'tidegate.yaml'), yaml);
  copyFileSync(join(fixtures, 'multiclass.onnx'), join(cwd, 'made.onnx'));
  const git = (...words: readonly string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...words], { cwd });
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-qm', 'Shapes');
  const json: Place['json'] = async (line) => {
    const { stdout, stderr } = await call(`${line} --json`);
    assert.notEqual(stdout, '', stderr);
    return JSON.parse(stdout) as never;
  };
  return { cwd, call, json };
}

test(
  'a model version is shown, compared, found as live, written as a card and exported, and what is exported is verified',
  { timeout: 300_000 },
  async (t) => {
    const { cwd, call, json } = projectIn(t);
    const ran = await call('run --to production');
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    const before = new Date(Date.now() - 86_400_000).toISOString();

    const facts = await json<ModelFacts>('models show shape');
    const digits = facts.version.slice('sha256:'.length, 'sha256:'.length + 12);
    assert.deepEqual(
      [
        facts.record.flavor,
        facts.evaluation?.metrics[0]?.name,
        facts.live.map(({ environment, until }) => [environment, until]),
        facts.datasets?.map(({ name, rows }) => [name, rows]),
      ],
      ['onnx', 'accuracy', [['production', null]], [['shapes', 600]]],
    );
    assert.deepEqual(
      facts.evidence.filter(({ kind }) => kind === 'safety').map(({ verdict }) => verdict),
      ['pass'],
    );
    assert.match((await call(`models show ${digits}`)).stdout, /accuracy +0\.\d+ \(0\.\d+ to 0\.\d+ at 90 %\)/);

    const live = await json<readonly LiveModel[]>('models live');
    assert.deepEqual(
      live.map(({ environment, version }) => [environment, version]),
      [['production', facts.version]],
    );
    assert.match((await call(`models live --at ${before}`)).stdout, /^No model was live at /);

    assert.equal((await call('models show shape --card card.md')).code, 0);
    const card = readFileSync(join(cwd, 'card.md'), 'utf8');
    const value = String(facts.evaluation?.metrics[0]?.value);
    assert.match(card, /^---\nlibrary_name: onnx\npipeline_tag: tabular-classification\n/);
    assert.ok(card.includes(`    - { type: accuracy, value: ${value} }\n---\n`), card.slice(0, 900));
    assert.match(card, /\| licence \| _unknown_ \|[^]*\| intended use \| _unknown_ \|/);
    assert.equal((await call('models show shape --card card.html')).code, 0);
    assert.match(readFileSync(join(cwd, 'card.html'), 'utf8'), /shape: model card[^]*<figure/);
    assert.match((await call('models show shape --card card.pdf')).stderr, /it is a page or Markdown/);

    const exported = await json<ExportedModel>('models export shape out');
    assert.deepEqual(exported.files, ['README.md', 'card.html', 'model.json', 'model.onnx', 'model.sig']);
    assert.match((await call('models verify shape')).stdout, /its file is the one that was registered\.\nSafe to load/);
    writeFileSync(join(cwd, 'key.pem'), exported.publicKey);
    assert.match(
      (await call('models verify out --key key.pem')).stdout,
      /^Signed by the key .*4 files, none changed, none added\.\nSafe to load: 5 files/,
    );
    writeFileSync(join(cwd, 'out/README.md'), 'changed');
    const changed = await call('models verify out --key key.pem');
    assert.deepEqual([changed.code, /"README.md" is not what was signed/.test(changed.stderr)], [3, true]);
    assert.match((await call('models export shape out')).stderr, /something is in it/);

    const mlflow = await json<ExportedModel>('models export shape mlflow --format mlflow');
    assert.deepEqual(mlflow.files, [
      'MLmodel',
      'code/tidegate_model.py',
      'model.onnx',
      'model.sig',
      'python_env.yaml',
      'requirements.txt',
      'signature.json',
    ]);
    const described = readFileSync(join(cwd, 'mlflow/MLmodel'), 'utf8');
    assert.match(
      described,
      /^flavors:\n {2}onnx:\n[^]*\n {2}python_function:\n {4}loader_module: tidegate_model\n {4}code: code\n {4}data: model.onnx\n/m,
    );
    assert.match(
      described,
      /inputs: '\[\{"name":"colour","type":"string","required":true\},\{"name":"length","type":"double","required":true\},/,
    );
    await json<ExportedModel>('models export shape hub --format huggingface');
    const results = readFileSync(join(cwd, 'hub/.eval_results/tidegate.yaml'), 'utf8');
    assert.ok(
      results.startsWith(`- dataset:\n    id: "shapes/shapes"\n    task_id: "accuracy"\n`) && results.includes(`\n  value: ${value}\n`),
      results,
    );

    // another name of who made it (field 2 of the model) makes another file
    appendFileSync(join(cwd, 'made.onnx'), Buffer.of(0x12, 0x01, 0x78));
    await call('run');
    const all = await json<readonly { readonly version: string }[]>('models list');
    const other = all.map(({ version }) => version).find((version) => version !== facts.version) ?? assert.fail('no second version');
    const compared = await json<ComparedModels>(`models compare ${digits} ${other}`);
    assert.deepEqual(
      compared.differences.map(({ what }) => what),
      ['bytes', 'file made.onnx'],
    );
    assert.equal(compared.sameTestSet, true);
    assert.match((await call(`models compare ${digits} ${other}`)).stdout, /What differs\n +bytes +\d+ +\d+\n +file made.onnx /);
  },
);

test('what no model is called and what is no folder is refused', async (t) => {
  const { call } = projectIn(t);

  assert.match((await call('models show shape')).stderr, /TG-CLI-NOT-FOUND: Cannot find the model version "shape"/);
  assert.match((await call('models verify nowhere')).stderr, /TG-CLI-NOT-FOUND: Cannot find the model version "nowhere"/);
  assert.match((await call('models verify tidegate.yaml')).stderr, /TG-MODELS-SIGNATURE: .* there is none at/);
  assert.match((await call('models verify x --key a --certificate b')).stderr, /by a key, by certificates and by a trusted root at once/);
});

test('a model that is Python code is none that MLflow can load', { timeout: 120_000 }, async (t) => {
  const { cwd, call } = projectIn(t);
  writeFileSync(join(cwd, 'made.py'), 'classes = ["long", "small", "wide"]\n\ndef predict(rows):\n    return ["long"] * len(rows)\n');
  writeFileSync(join(cwd, 'tidegate.yaml'), yaml.replaceAll('.onnx', '.py'));
  assert.equal((await call('run')).code, 0);

  const { code, stderr } = await call('models export shape out --format mlflow');

  assert.deepEqual([code, /TG-MODELS-EXPORT: .*it is Python code/.test(stderr)], [2, true], stderr);
});
