import assert from 'node:assert/strict';
import { test } from 'node:test';
import { featureCase, storeFeatureRelease } from '../../test-release.ts';
import { startLoad } from './test-load.ts';
import { openServing } from './test-serving.ts';

const switches = 100;

test(`${switches} switches of the real model server under constant load, with features looked up and predictions logged, fail no request`, async (t) => {
  const { deploy, logged, target } = await openServing(t, storeFeatureRelease);
  const { row, prediction } = featureCase;
  const { address } = await deploy('release 0');
  const load = startLoad(address, row, { kept: 3, fresh: 3, pauseMs: 10 });
  const switchMs: number[] = [];

  for (let count = 1; count <= switches; count++) {
    const deployed = await deploy(`release ${count % 4}`);
    assert.equal(deployed.address, address);
    switchMs.push(deployed.switchMs);
    await load.more(6);
  }
  await load.stop();

  assert.deepEqual(load.failed, []);
  assert.deepEqual(
    load.answered.filter((answer) => answer.prediction !== prediction),
    [],
  );
  assert.equal(new Set(load.answered.map(({ release }) => release)).size, 4);
  await target.stop({ project: 'shop', environment: 'production', service: 'prices' });
  assert.deepEqual([...(await logged())].toSorted(), load.answered.map(({ id }) => id).toSorted());
  const sorted = switchMs.toSorted((a, b) => a - b);
  t.diagnostic(
    `${load.answered.length} answers, the slowest after ${Math.round(load.slowestMs())} ms; switches took ${Math.round(sorted[switches / 2] ?? 0)} ms in the median, ${Math.round(sorted.at(-1) ?? 0)} ms at most`,
  );
});

test('going back to the release before, under load, fails no request', async (t) => {
  const { deploy } = await openServing(t, storeFeatureRelease);
  const { address } = await deploy('before');
  await deploy('after');
  const load = startLoad(address, featureCase.row);
  await load.more(50);

  const back = await deploy('before');
  await load.more(50);
  await load.stop();

  assert.equal(back.address, address);
  assert.deepEqual(load.failed, []);
  assert.equal(new Set(load.answered.map(({ release }) => release)).size, 2);
  t.diagnostic(`the switch took ${Math.round(back.switchMs)} ms, the slowest answer ${Math.round(load.slowestMs())} ms`);
});
