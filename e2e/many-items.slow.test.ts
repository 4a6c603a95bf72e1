import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const program = resolve(import.meta.dirname, '../packages/cli/src/main.ts');

test('a thousand items make a page of a few lines, JSON and a report that do not grow with them, and no-op in one line', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-many-items-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const values = Array.from({ length: 1_000 }, (_, index) => index);
  writeFileSync(join(folder, 'in.txt'), 'in\n');
  writeFileSync(
    join(folder, 'tidegate.yaml'),
    `version: 1
project: many
sandbox: false
steps:
  copy:
    run: cp in.txt made/{item}.txt
    in: []
    out: { made: "made/{item}.txt" }
    for: { each: [${values.join(', ')}] }
`,
  );
  const run = (...words: readonly string[]): { readonly stdout: string; readonly status: number | null } =>
    spawnSync(process.execPath, [program, 'run', ...words], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      env: { PATH: process.env['PATH'], TIDEGATE_HOME: join(folder, 'home') },
    });

  const first = run();
  const again = run();
  const json = run('--json');

  assert.equal(first.status, 0, first.stdout);
  const lines = first.stdout.trimEnd().split('\n');
  assert.ok(lines.length < 20, first.stdout);
  assert.ok(
    lines.some((line) => /✓ steps\.copy: done, .*items 1,000 \(items: 1,000 done\)/.test(line)),
    first.stdout,
  );
  assert.match(again.stdout, /= steps\.copy: unchanged \(items: 1,000 unchanged\)\nNothing to do: 1,001 steps unchanged/);
  assert.ok(json.stdout.length < 20_000, String(json.stdout.length));
  assert.ok(statSync(join(folder, 'build/report.html')).size < 200_000);
});
