import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LoopEvent, MonitorCheck } from '@tidegate/formats';
import { askAgainAndAgain, bearer, headOf, lockCommits, post, production, shopStage, statusOf } from './rig/shop.ts';
import { hasPassed, startUp } from './rig/up.ts';

const monitors = `monitors:
  delivery-api: { every: 1d, window: 7d, drift: {}, retrain: { on: [drift], cooldown: 1d } }
`;
/** So that other data makes another model. */
const mark = 'import hashlib\nseen = hashlib.sha256(open("build/features/delivery/train.parquet", "rb").read()).hexdigest()\n';

/** Orders of the days after those there are, all of them far away; late as told. */
function orders(day: number, isLate: (index: number) => boolean): string {
  return Array.from({ length: 400 }, (_, index) => {
    const moment = new Date(Date.UTC(2024, 0, day, 0, 2 * index)).toISOString().slice(0, 19).replace('T', ' ');
    return `d${day}-${index},${moment},Ulm,${9 - (index % 3)},${isLate(index)}\n`;
  }).join('');
}

test('a monitor that fires starts a training, which replaces the model while requests go on; one that does not pass changes nothing', async (t) => {
  await using at = await shopStage({
    'tidegate.yaml': (text) => text + monitors,
    'train.py': (text) => `${mark}${text.replace("f'''", "f'''# {seen}")}`,
  });
  const clock = join(at.home, '../clock');
  writeFileSync(clock, '2024-01-02T00:00:00Z');
  using up = startUp(at, ['--clock', clock]);
  await up.noted(hasPassed);
  await up.noted(({ kind }) => kind === 'monitor-checked'); // it was never looked at, so it is due
  const before = await statusOf(at);
  const { up: watching } = before;
  const live = production(before);
  await using load = askAgainAndAgain(live?.address ?? '', {
    at: '2024-01-02T12:00:00Z',
    rows: Array.from({ length: 20 }, () => ({ town: 'Ulm', distance: 9 })),
  });
  const check = async (): Promise<MonitorCheck | undefined> => {
    const { checks } = (await post(watching?.address ?? '', {
      path: '/check',
      headers: bearer(before),
      body: { monitors: ['delivery-api'] },
    })) as { checks: readonly MonitorCheck[] };
    return checks[0];
  };
  appendFileSync(
    join(at.project, 'data/orders.csv'),
    orders(2, (index) => index % 2 === 0),
  );
  writeFileSync(clock, '2024-01-03T00:00:00Z');

  let checked = await check();
  while (checked?.retrain.wanted !== true) checked = await check(); // predictions are in the log a second after they were made
  const fired = performance.now();
  const begun = await up.noted(isBegunByMonitor);
  const retrained = await up.noted(isEndOfMonitor);
  const seconds = (performance.now() - fired) / 1000;

  assert.match(begun.kind === 'path-begun' && begun.why.kind === 'monitor' ? begun.why.reasons.join() : '', /columns distance/);
  assert.ok(retrained.kind === 'path-ended');
  assert.equal(retrained.outcome, 'passed', JSON.stringify(retrained));
  t.diagnostic(`from the monitor that fired to the new model live: ${seconds.toFixed(1)} s`);
  const after = production(await statusOf(at));
  assert.notEqual(after?.release, live?.release);
  assert.equal(after?.commit, await headOf(at));
  assert.equal((await lockCommits(at)).length, 2);
  assert.equal((await check())?.retrain.wanted, false, 'the cooldown holds');

  const noted = up.notes.length;
  appendFileSync(
    join(at.project, 'data/orders.csv'),
    orders(3, (index) => index % 3 === 2),
  ); // the nearer, the later
  writeFileSync(clock, '2024-01-05T00:00:00Z');
  checked = await check();
  while (checked?.retrain.wanted !== true) checked = await check();
  const refused = await up.noted(isEndOfMonitor, noted);

  assert.ok(refused.kind === 'path-ended');
  assert.equal(refused.outcome, 'refused', JSON.stringify(refused));
  assert.match(refused.failure?.message ?? '', /models\.late: /);
  assert.equal(production(await statusOf(at))?.release, after?.release);
  assert.equal(await headOf(at), after?.commit);

  const jumped = up.notes.length;
  writeFileSync(clock, '2023-01-01T00:00:00Z');
  const back = await up.noted(({ kind }) => kind === 'monitor-checked', jumped);
  assert.equal(back.kind === 'monitor-checked' && back.retrain.wanted, false, 'a clock that jumps back fires nothing');
  const counts = await load.stop();
  assert.deepEqual([...counts.keys()], ['200'], JSON.stringify([...counts]));
  t.diagnostic(`requests while two trainings went on: ${counts.get('200')}, all answered`);
  assert.equal(await up.end('SIGTERM'), 0);
});

function isBegunByMonitor(what: LoopEvent): boolean {
  return what.kind === 'path-begun' && what.why.kind === 'monitor';
}

function isEndOfMonitor(what: LoopEvent): boolean {
  return what.kind === 'path-ended' && what.why.kind === 'monitor';
}
