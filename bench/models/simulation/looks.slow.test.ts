import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LiveOptions, seededRandom } from '@tidegate/runtime';
import { type EverSaid, type LiveWorld, lookAgainAndAgain } from './looks.ts';

const options: LiveOptions = { alpha: 0.05, expected: 0.03, margin: 0.02, share: 0.5, leastRows: 500 };
const repeats = 1000;

function shareOf(world: LiveWorld, said: (ever: EverSaid) => boolean): number {
  const random = seededRandom(Math.round(world.champion * 1000));
  let found = 0;
  for (let repeat = 0; repeat < repeats; repeat++) if (said(lookAgainAndAgain(world, options, random))) found++;
  return found / repeats;
}

/** Four standard errors above the nominal rate. */
const most = options.alpha + 4 * Math.sqrt((options.alpha * (1 - options.alpha)) / repeats);

for (const champion of [0.03, 0.5, 0.9])
  test(`of outcomes that are right in ${champion * 100} %, one look after every ten rows, wrong verdicts stay below alpha`, () => {
    const world = { champion, step: 10, looks: 300 };
    const falseFails = shareOf({ ...world, candidate: champion }, ({ fail }) => fail);
    const falsePasses = shareOf({ ...world, candidate: champion - options.margin }, ({ pass }) => pass);

    assert.ok(falseFails <= most, `${falseFails} of equal candidates fail`);
    assert.ok(falsePasses <= most, `${falsePasses} of candidates that are worse by the margin pass`);
  });

test('a candidate that does harm is found, one that is as good passes in the end, and a z test at every look alarms', () => {
  const world = { champion: 0.9, candidate: 0.9, step: 100, looks: 100 };

  assert.ok(shareOf({ ...world, candidate: 0.85 }, ({ fail }) => fail) > 0.9);
  assert.ok(shareOf(world, ({ pass }) => pass) > 0.7);
  assert.ok(shareOf(world, ({ zTest }) => zTest) > 0.25);
});
