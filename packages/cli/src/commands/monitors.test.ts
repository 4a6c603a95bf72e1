import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { MonitorCheck } from '@tidegate/formats';
import { callCommandLine, type Printed } from '../test-command-line.ts';

const yaml = `version: 1
data: { houses: { from: { files: houses.csv } } }
steps: { train: { run: python train.py, out: { model: model.pkl } } }
models: { price: { artifact: steps.train.model, evaluate: { on: data.houses, label: price, metrics: [rmse] } } }
`;
const monitors = 'monitors: { price: { drift: {}, staleness: { model: 30d }, retrain: { on: [drift, age>30d] } } }\n';

function projectWith(t: TestContext, text: string): (line: string) => Promise<Printed> {
  const place = mkdtempSync(join(tmpdir(), 'tidegate-cli-'));
  const cwd = join(place, 'project');
  mkdirSync(cwd);
  t.after(() => rmSync(place, { recursive: true }));
  writeFileSync(join(cwd, 'houses.csv'), 'area,price\n1,2\n');
  writeFileSync(join(cwd, 'train.py'), '');
  writeFileSync(join(cwd, 'tidegate.yaml'), text);
  const variables = { ...process.env, TIDEGATE_HOME: join(place, 'home') };
  return (line) => callCommandLine(line.split(' '), { cwd, variables });
}

test('a monitor of what is not live is inconclusive, by its exit code too, and what it found is kept', async (t) => {
  const call = projectWith(t, yaml + monitors);

  const before = await call('monitors');
  const check = await call('monitors check --now 2024-06-15T00:00:00Z');
  const again = await call('monitors check price --json');
  const log = await call('monitors log price');
  const list = await call('monitors list');
  const shown = await call('show monitors.price');

  assert.match(before.stdout, /monitors\.price +in production +not checked yet/);
  assert.deepEqual([before.code, check.code, again.code, log.code, list.code], [0, 4, 4, 0, 0]);
  assert.equal(
    check.stdout,
    `monitors.price in production, nothing live, at 2024-06-15 00:00 UTC: ? inconclusive
  ? inconclusive drift: Nothing is live in "production"
  ? inconclusive staleness: Nothing is live in "production"
`,
  );
  const [found] = JSON.parse(again.stdout) as readonly MonitorCheck[];
  assert.deepEqual([found?.sequence, found?.verdict, found?.retrain.wanted], [2, 'inconclusive', false]);
  assert.match(log.stdout, /^\S+ \S+ UTC +\? inconclusive +drift inconclusive, staleness inconclusive\n2024-06-15 00:00 UTC/);
  assert.match(list.stdout, /monitors\.price +in production +\? inconclusive/);
  assert.match(shown.stdout, /^monitors\.price \(monitor\)/);
});

test('a project without monitors says where to read about them, and a moment that is none is refused', async (t) => {
  const call = projectWith(t, yaml);

  const { code, stdout } = await call('monitors check');

  assert.deepEqual([code, stdout], [0, 'The project has no monitors: see docs/how-to/monitor-a-service.md.\n']);
  assert.equal((await call('monitors check --now yesterday')).code, 2);
});
