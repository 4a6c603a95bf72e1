import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { callCommandLine } from '../packages/cli/src/test-command-line.ts';
import { type DocumentedOutput, documentedOutputs, fieldsOf } from '../tools/docs/json-tables.ts';

const fixtures = resolve(import.meta.dirname, '../packages/serving/fixtures');
const pages = ['docs/reference/models-json.md', 'docs/reference/runs-json.md'];

/** A model that goes all the way to production, so that every field has something to say. */
const yaml = `version: 1
project: shapes
data: { shapes: { from: { files: shapes.csv } } }
steps:
  train:
    run: [sh, -c, "cp made.onnx model.onnx; echo '{\\"loss\\": 0.25}' > made.json"]
    in: [made.onnx, params.yaml, data.shapes]
    out: { model: model.onnx, report: made.json }
    variables: { SEED: "1" }
models:
  shape: { artifact: steps.train.model, evaluate: { on: data.shapes, label: kind, metrics: [accuracy], slices: [colour] }, gate: { min: { accuracy: 0.01 } } }
environments: { production: { target: local } }
`;

test(
  'what models, runs, status, plan, deploy, explain, graph, log, report, doctor and hooks print with --json is what a page says, field by field',
  { timeout: 300_000 },
  async (t) => {
    const place = mkdtempSync(join(tmpdir(), 'tidegate-json-'));
    const cwd = join(place, 'project');
    mkdirSync(cwd);
    const variables = { ...process.env, TIDEGATE_HOME: join(place, 'home') };
    const call = (line: string) => callCommandLine(line.split(' '), { cwd, variables });
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
    writeFileSync(join(cwd, 'params.yaml'), 'rate: 0.1\n');
    copyFileSync(join(fixtures, 'multiclass.onnx'), join(cwd, 'made.onnx'));
    const git = (...words: readonly string[]): unknown =>
      execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@t', ...words], { cwd });
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-qm', 'Shapes');

    const documented = new Map(pages.flatMap(documentedOutputs).map((one) => [one.name, one]));
    const seen = new Map<string, Set<string>>();
    const others: string[] = [];
    const ajv = new Ajv({ strict: false, allErrors: true });
    const check = async (name: string, line: string): Promise<unknown> => {
      const output: DocumentedOutput = documented.get(name) ?? assert.fail(`no page has a section "${name}"`);
      const { stdout, stderr } = await call(`${line} --json`);
      assert.notEqual(stdout, '', stderr);
      const value: unknown = JSON.parse(stdout);
      assert.ok(typeof value === 'object' && value !== null && !('errors' in value), `${line}: ${stdout}`);
      if (!ajv.validate(output.schema, value))
        for (const { instancePath, message, params } of ajv.errors ?? [])
          others.push(`${line}: ${instancePath} ${message} ${JSON.stringify(params)}`);
      seen.set(name, new Set([...(seen.get(name) ?? []), ...fieldsOf(value)]));
      return value;
    };

    const first = await call('run --to production');
    assert.equal(first.code, 0, first.stdout + first.stderr);
    await check('show VERSION', 'models show shape');
    await check('plan', 'plan');
    // another name of who made it (field 2 of the model) makes another file
    appendFileSync(join(cwd, 'made.onnx'), Buffer.of(0x12, 0x01, 0x78));
    writeFileSync(join(cwd, 'params.yaml'), 'rate: 0.2\n');
    await check('plan', 'plan');
    await call('run');
    const [newer, older] = (await check('list', 'models list')) as readonly { readonly version: string }[];
    const short = (one: { readonly version: string } | undefined): string =>
      one?.version.slice('sha256:'.length, 'sha256:'.length + 12) ?? '';
    await check('compare BEFORE AFTER', `models compare ${short(older)} ${short(newer)}`);
    await check('lineage VERSION', 'models lineage shape');
    await check('live', 'models live');
    await check('verify VERSION', 'models verify shape');
    const exported = (await check('export VERSION FOLDER', 'models export shape out')) as { readonly publicKey: string };
    writeFileSync(join(cwd, 'key.pem'), exported.publicKey);
    await check('verify FOLDER', 'models verify out --key key.pem');
    await check('key', 'models key');
    await check('import SOURCE FILE', `models import ${join(fixtures, 'multiclass.onnx')} got.onnx`);
    await check('runs list', 'runs list');
    await check('runs show RUN', 'runs show last');
    await check('runs compare BEFORE AFTER', 'runs compare last-1 last');
    await check('runs experiments', 'runs experiments');
    await check('status', 'status');
    await check('deploy ENVIRONMENT', 'deploy production');
    await check('explain STEP', 'explain models.shape');
    await check('explain RUN', 'explain last');
    await check('graph', 'graph');
    await check('log STEP', 'log models.shape');
    await check('report', 'report');
    await check('doctor', 'doctor');
    await check('hooks', 'hooks');

    assert.deepEqual(others, [], 'what is printed is other than the page says');
    const never = [...documented.values()].flatMap(({ name, fields }) =>
      fields.filter((field) => seen.get(name)?.has(field) !== true).map((field) => `${name}: ${field}`),
    );
    assert.deepEqual(never, [], 'fields that a page has and nothing here has printed');
  },
);
