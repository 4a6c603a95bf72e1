import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { RunRecord } from '@tidegate/formats';
import { callCommandLine } from '../packages/cli/src/test-command-line.ts';

interface Search {
  readonly run: (...words: readonly string[]) => Promise<RunRecord>;
  readonly change: (path: string, from: string, to: string) => void;
  readonly read: (path: string) => string;
}

/** The project of docs/how-to/search-for-the-best-model.md, as it is written there: y = x² with a ripple. */
function searchProject(t: TestContext): Search {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-search-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const cwd = join(folder, 'project');
  mkdirSync(cwd);
  const page = readFileSync(join(import.meta.dirname, '../docs/how-to/search-for-the-best-model.md'), 'utf8');
  const [yaml = '', trial = '', card = ''] = [...page.matchAll(/```(?:yaml|python)\n([^]*?)```/g)].map(([, block = '']) => block);
  const points = Array.from({ length: 40 }, (_, index) => `${index / 10},${((index / 10) ** 2 + 0.01 * (index % 3)).toFixed(4)}`);
  const files = { 'tidegate.yaml': yaml, 'trial.py': trial, 'card.py': card, 'points.csv': ['x,y', ...points, ''].join('\n') };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(cwd, path), text);
  const variables = { TIDEGATE_HOME: join(folder, 'home'), PATH: process.env['PATH'] };
  return {
    run: async (...words) => {
      const { stdout, stderr } = await callCommandLine(['run', ...words, '--json'], { cwd, variables });
      assert.ok(stdout.startsWith('{'), stderr);
      return (JSON.parse(stdout) as { readonly run: RunRecord }).run;
    },
    change: (path, from, to) => writeFileSync(join(cwd, path), readFileSync(join(cwd, path), 'utf8').replace(from, to)),
    read: (path) => readFileSync(join(cwd, path), 'utf8'),
  };
}

test('the search of the how-to finds the best trial, a longer grid runs the new trials only, and a failed trial is let through', async (t) => {
  const { run, change, read } = searchProject(t);

  const first = await run();
  const card = read('card.md');
  change('tidegate.yaml', 'degree: [1, 2, 3]', 'degree: [1, 2, 3, 4]');
  const longer = await run();
  change('tidegate.yaml', 'degree: [1, 2, 3, 4]', 'degree: [1, 2, x]');
  change('tidegate.yaml', 'shrink: [0.0, 0.1]', 'shrink: [0.0]');
  const failing = await run();

  assert.equal(first.status, 'succeeded', JSON.stringify(first.steps.map(({ failure }) => failure?.message)));
  assert.match(card, /^degree=\d,shrink=0(\.1)? has the least mse of 6 trials; weights \[/);
  const ran = longer.steps.filter(({ status }) => status === 'done').map(({ step }) => step);
  assert.deepEqual(ran.slice(0, 2), ['steps.search@degree=4,shrink=0', 'steps.search@degree=4,shrink=0.1']);
  assert.ok(!ran.some((step) => step.includes('degree=2')));
  assert.deepEqual(
    failing.steps.filter(({ status }) => status === 'failed').map(({ step }) => step),
    ['steps.search@degree=x,shrink=0'],
  );
  assert.equal(failing.status, 'succeeded');
});
