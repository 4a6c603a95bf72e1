import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { metricScriptText } from './metric-script.ts';

const run = promisify(execFile);

test('a function that takes long is asked as often as the time allows, and what there is counts', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-metric-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const rows = Array.from({ length: 4 }, (_, index) => JSON.stringify({ tidegate_row: index, prediction: index, late: true })).join('\n');
  const request = { file: 'own.py', function: 'own', rows: 'rows.jsonl', answer: 'answer.json', wrong: 'wrong.json', of: 'predictions' };
  await writeFile(join(folder, 'rows.jsonl'), rows);
  await writeFile(join(folder, 'own.py'), 'import time\n\ndef own(rows):\n    time.sleep(0.02)\n    return len(rows)\n');
  await writeFile(join(folder, 'request.json'), JSON.stringify({ ...request, units: null, seed: 7, replicates: 2000, seconds: 0.5 }));
  await writeFile(join(folder, 'script.py'), metricScriptText);

  await run('python3', ['script.py'], { cwd: folder });

  const { value, left, replicates } = JSON.parse(await readFile(join(folder, 'answer.json'), 'utf8')) as {
    readonly value: number;
    readonly left: readonly number[];
    readonly replicates: readonly number[];
  };
  assert.deepEqual([value, left], [4, [3, 3, 3, 3]]);
  assert.ok(replicates.length < 30, `${replicates.length} draws`);
});
