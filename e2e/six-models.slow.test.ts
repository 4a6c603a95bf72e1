import assert from 'node:assert/strict';
import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import type { ModelEntry, ModelFacts, ProjectStatus } from '@tidegate/core';
import { callCommandLine, type Printed } from '../packages/cli/src/test-command-line.ts';

const root = resolve(import.meta.dirname, '..');

/** Kept between test runs, as the example's environment is. */
const environments =
  process.env['TIDEGATE_VIRTUAL_ENVIRONMENTS'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate', 'virtual-environments');

/** Model → its task, how it is run, its first metric and what that reaches; far from what was measured when this was written, so that another processor is no failure. */
const wanted = {
  tumour: ['binary', 'onnx', 'auc', 0.97],
  wine: ['multiclass', 'onnx', 'accuracy', 0.85],
  progression: ['regression', 'onnx', 'r2', 0.25],
  digit: ['multiclass', 'onnx', 'accuracy', 0.93],
  passage: ['regression', 'pickle', 'ndcg_10', 0.5],
  temperature: ['regression', 'onnx', 'mae', 8],
} as const;

test(
  'six models of everyday problems go from data that packages ship through the gate into production and answer there, each with a card; a forecast is judged by its horizon',
  { timeout: 1_200_000 },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-six-'));
    const cwd = join(folder, 'project');
    cpSync(join(root, 'e2e/projects/six-models'), cwd, { recursive: true });
    copyFileSync(join(root, 'examples/flight-delays/requirements.txt'), join(cwd, 'requirements.txt'));
    const variables = { ...process.env, TIDEGATE_HOME: join(folder, 'home'), TIDEGATE_VIRTUAL_ENVIRONMENTS: environments };
    const call = (line: string): Promise<Printed> => callCommandLine(line.split(' '), { cwd, variables });
    t.after(async () => {
      await call('stop production');
      rmSync(folder, { recursive: true, force: true });
    });
    assert.equal((await call('exec -- python prepare.py')).code, 0);

    const ran = await call('run --to production');
    const { environments: live } = JSON.parse((await call('status --json')).stdout) as ProjectStatus;
    const models = JSON.parse((await call('models --json')).stdout) as readonly ModelEntry[];

    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assert.deepEqual(
      Object.fromEntries(models.map(({ model, verdict }) => [model, verdict])),
      Object.fromEntries(Object.keys(wanted).map((model) => [model, 'pass'])),
    );
    for (const [model, [task, flavor, name, bound]] of Object.entries(wanted)) {
      const { record, evaluation, evidence } = JSON.parse((await call(`models show ${model} --json`)).stdout) as ModelFacts;
      const metric = evaluation?.metrics[0];
      assert.deepEqual([record.signature.task, record.flavor, metric?.name], [task, flavor, name], model);
      assert.ok(
        metric !== undefined && (metric.higherIsBetter ? metric.value >= bound : metric.value <= bound),
        `${model}: ${name} ${metric?.value}`,
      );
      assert.deepEqual([...new Set(evidence.filter(({ kind }) => kind === 'safety').map(({ verdict }) => verdict))], ['pass'], model);
      const row = Object.fromEntries(
        record.signature.inputs.map(({ name: column, type }) => [column, type === 'string' ? 'a list of names' : 1]),
      );
      const address = live.find(({ service, running }) => service === model && running)?.address;
      const answer = await fetch(`${address}/v1/predict`, {
        method: 'POST',
        body: JSON.stringify({ rows: [row] }),
        headers: { 'content-type': 'application/json' },
      });
      const { predictions } = (await answer.json()) as { readonly predictions: readonly { readonly prediction: number | string }[] };
      assert.equal(answer.status, 200, model);
      assert.ok(
        task === 'multiclass'
          ? record.signature.classes.includes(String(predictions[0]?.prediction))
          : Number.isFinite(predictions[0]?.prediction),
        model,
      );
      assert.equal((await call(`models show ${model} --card cards/${model}.html`)).code, 0);
      assert.ok(
        existsSync(join(cwd, `cards/${model}.html`)) && readFileSync(join(cwd, `cards/${model}.html`), 'utf8').includes('<figure'),
        model,
      );
    }
    const { evaluation } = JSON.parse((await call('models show temperature --json')).stdout) as ModelFacts;
    const byDay =
      evaluation?.slices.filter(({ column }) => column === 'ahead').map(({ value, metrics }) => [value, metrics[0]?.value ?? 0] as const) ??
      [];
    assert.deepEqual(
      byDay.map(([ahead]) => Number(ahead)).toSorted((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7],
    );
    const errorOf = (ahead: string): number => byDay.find(([value]) => Number(value) === Number(ahead))?.[1] ?? 0;
    assert.ok(errorOf('1') < errorOf('7'), `a day ahead ${errorOf('1')}, a week ahead ${errorOf('7')}`);
  },
);
