import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@tidegate/runtime';
import { chanceOfUnseenClass } from './unseen-class.ts';

test('another class is unlikely beside classes of many rows, and likely where some were seen once', () => {
  assert.ok(chanceOfUnseenClass([100, 98, 105, 90], 400) < 0.001);
  assert.ok(chanceOfUnseenClass([500, 40, 9, 1, 1], 551) > 0.8);
  assert.ok(chanceOfUnseenClass([980, 11, 9], 1000) > chanceOfUnseenClass([400, 300, 300], 1000));
  assert.equal(chanceOfUnseenClass([], 100), 1);
  assert.equal(chanceOfUnseenClass([50], 100), 1, 'one class says nothing of others');
});

test('what it says is at least as often true where classes are of very unequal size', () => {
  const random = seededRandom(7);
  const rows = 300;
  let [said, found] = [0, 0];
  for (let time = 0; time < 300; time++) {
    // ten classes, each half as frequent as the one before it
    const classOf = (): number => Math.min(9, Math.floor(-Math.log2(Math.max(random.unit(), 1e-9))));
    const before = Array.from({ length: rows }, classOf);
    const counts = [...new Set(before)].map((one) => before.filter((other) => other === one).length);
    said += chanceOfUnseenClass(counts, rows) / 300;
    found += Array.from({ length: rows }, classOf).some((one) => !before.includes(one)) ? 1 / 300 : 0;
  }
  assert.ok(found > 0.1 && said > 0.6 * found, `said ${said}, found ${found}`);
});
