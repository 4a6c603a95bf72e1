import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

/** The demo as a user runs it. What it must come to is said here, not in the demo, which has no outcome fixed. */
const repository = resolve(import.meta.dirname, '..');

test('the demo tells its story: from the first run to a model that is watched, trained again, taken back and explained', async () => {
  const { code, printed } = await demo();

  assert.equal(code, 0, printed);
  const acts = printed.split(/\n─{20,}\n/).slice(1);
  const [first = '', second = '', third = '', fourth = '', fifth = '', sixth = '', seventh = '', eighth = '', end = ''] = acts;
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
  isLive(sixth);
  isWatched(seventh);
  isTakenBack(eighth);
  const report = /Report with plots: (\S+)/.exec(end)?.[1] ?? '';
  assert.ok(existsSync(report));
  const page = readFileSync(report, 'utf8');
  for (const part of ['<svg', 'id="parity"', 'id="monitor-delay-api"', 'What was live when']) assert.ok(page.includes(part), part);
});

/** Three days hour by hour: nobody is refused, and batch gives every answer again. */
function isLive(act: string): void {
  assert.match(act, /72 hours: 2,935 requests were answered, none failed/);
  const [, compared, same] = /([\d,]+) rows compared: ([\d,]+) with the same prediction, 0 within 1e-9, 0 different/.exec(act) ?? [];
  assert.ok(compared !== undefined && compared === same, act);
  assert.match(act, /15 features compared: each has the same values/);
  assert.match(act, /code=200 endpoint=predict \d+|No Prometheus is installed/);
}

/** Which verdicts fall may differ; that rows which have not changed raise no alarm, and that nobody is refused meanwhile, may not. */
function isWatched(act: string): void {
  assert.match(act, /✓ pass drift: All 19 columns are as they were, by 2,000 rows/);
  assert.match(act, /the monitor has looked; [\d,]+ labels are in so far/);
  assert.match(act, /drift: (pass|fail|inconclusive): .* by [\d,]+ predictions/);
  assert.match(act, /quality: (pass|fail|inconclusive): /);
  const trainings = [...act.matchAll(/It asks for a training/g)].length;
  const ended = [
    ...act.matchAll(/The training (\w+), verdict \w+: (nothing changed|the new model is live in staging and production), [\d.]+ s/g),
  ];
  assert.equal(ended.length, trainings, act);
  for (const [, outcome, result] of ended) assert.equal(outcome === 'passed', result !== 'nothing changed');
  assert.equal([...act.matchAll(/Meanwhile [\d,]+ requests were answered, none failed/g)].length, trainings);
  assert.match(act, /Until 2013-12-01 [\d,]+ requests were answered, none failed, and [\d,]+ of the predictions got a label/);
}

function isTakenBack(act: string): void {
  assert.match(act, /production: back to release [0-9a-f]{12} instead of [0-9a-f]{12}/);
  assert.match(act, /The roll-back took \d+ ms from start to end and ended with exit code 0/);
  assert.match(act, /Meanwhile [\d,]+ requests were answered, none failed/);
  assert.match(act, /2 releases answered/);
  assert.match(act, /Given to the model:[^]*looked up[^]*To ask again:/);
}

function demo(): Promise<{ code: number; printed: string }> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [join(repository, 'tools/demo/main.ts')], { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
    child.once('error', reject);
    child.once('close', (code) => done({ code: code ?? 1, printed }));
  });
}
