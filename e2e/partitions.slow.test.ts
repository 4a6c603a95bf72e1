import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunRecord } from '@tidegate/formats';
import { callCommandLine } from '../packages/cli/src/test-command-line.ts';

test('over the partitions of a dataset a changed file costs one item, a new one is one more, and rows that are kept are not seen', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-partitions-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const cwd = join(folder, 'project');
  mkdirSync(join(cwd, 'data'), { recursive: true });
  const month = (name: string, rows: number): void =>
    writeFileSync(
      join(cwd, `data/${name}.csv`),
      ['id,delay', ...Array.from({ length: rows }, (_, id) => `${name}-${id},${id}`), ''].join('\n'),
    );
  for (const name of ['2013-01', '2013-02', '2013-03']) month(name, 100);
  writeFileSync(
    join(cwd, 'tidegate.yaml'),
    `version: 1
data: { flights: { from: { files: data/*.csv }, holdout: 20% } }
steps:
  count:
    run: sh count.sh {file} counts/{partition}.txt
    out: { count: "counts/{partition}.txt" }
    for: { partitions: data.flights }
  sum: { run: sh sum.sh, in: [steps.count/count], out: { total: total.txt } }
`,
  );
  writeFileSync(join(cwd, 'count.sh'), 'ls data | wc -l > /dev/null\nwc -l < "$1" > "$2"\nls data >> "$2"\n');
  writeFileSync(join(cwd, 'sum.sh'), 'cat counts/* > total.txt\n');
  const run = async (): Promise<readonly string[]> => {
    const { stdout, stderr } = await callCommandLine(['run', '--json'], {
      cwd,
      variables: { TIDEGATE_HOME: join(folder, 'home'), PATH: process.env['PATH'] },
    });
    assert.ok(stdout.startsWith('{'), stderr);
    const { run: record } = JSON.parse(stdout) as { readonly run: RunRecord };
    assert.equal(record.status, 'succeeded', JSON.stringify(record.steps.map(({ failure }) => failure?.message)));
    return record.steps.filter(({ step, status }) => step.startsWith('steps.') && status === 'done').map(({ step }) => step);
  };

  const first = await run();
  const [rows = '', ...seen] = readFileSync(join(cwd, 'counts/2013-01.txt'), 'utf8').trim().split('\n');
  month('2013-02', 150);
  const changed = await run();
  month('2013-04', 50);
  const grown = await run();

  assert.deepEqual(first, ['steps.count@2013-01', 'steps.count@2013-02', 'steps.count@2013-03', 'steps.count', 'steps.sum']);
  assert.deepEqual(seen, ['2013-01.csv']);
  assert.ok(Number(rows) < 101 && Number(rows) > 50, `a fifth of 100 rows is kept, and ${rows} lines were seen`);
  assert.deepEqual(changed, ['steps.count@2013-02', 'steps.count', 'steps.sum']);
  assert.deepEqual(grown, ['steps.count@2013-04', 'steps.count', 'steps.sum']);
});
