import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

/** The demo as a user runs it. What it must come to is said here, not in the demo, which has no outcome fixed. */
const repository = resolve(import.meta.dirname, '..');

test('the demo tells its story: live, nothing to do, stopped by bad data, judged, a worse model stopped, a leak invalid', async () => {
  const { code, printed } = await demo();

  assert.equal(code, 0, printed);
  const acts = printed.split(/\n─{20,}\n/).slice(1);
  const [first = '', second = '', third = '', fourth = '', fifth = '', end = ''] = acts;
  assert.match(first, /No champion/);
  assert.match(first, /production: release [0-9a-f]{12} is live at http:\/\/127\.0\.0\.1:\d+/);
  assert.match(first, /› 200|200 \{/);
  assert.match(second, /Nothing to do/);
  const stopped = third.slice(third.indexOf('$ tidegate run')); // what comes before are the planter's own words
  for (const found of [/In no month the mean distance/, /carrier is one of/, /dest is never null/, /flight_id, the primary key, is unique/])
    assert.match(stopped, new RegExp(`✗ fail: .*${found.source}.*\\d`));
  for (const dependent of ['features.delay', 'steps.train', 'models.delay', 'services.delay-api'])
    assert.match(stopped, new RegExp(`- ${dependent}: not run`));
  assert.match(stopped, /exit code 3/);
  assert.match(stopped, /200 \{/);
  assert.match(fourth, /exit code (0|3|4)/);
  assert.match(fifth, /fail[^\n]*auc/);
  assert.match(fifth, /exit code 3/);
  assert.match(fifth, /invalid[^\n]*arr_delay/);
  assert.match(fifth, /exit code 5/);
  const report = /Report with plots: (\S+)/.exec(end)?.[1] ?? '';
  assert.ok(existsSync(report));
  assert.match(readFileSync(report, 'utf8'), /<svg/);
});

function demo(): Promise<{ code: number; printed: string }> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [join(repository, 'tools/demo/main.ts')], { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
    child.once('error', reject);
    child.once('close', (code) => done({ code: code ?? 1, printed }));
  });
}
