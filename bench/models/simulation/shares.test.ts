import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sayings } from './gates.ts';
import { everyCounts, type PairedWorld } from './paired-worlds.ts';
import { exactShares, simulatedShares } from './shares.ts';

test('every sample of a world has its chance: they add up to one, and to the change', () => {
  const world: PairedWorld = { rows: 300, disagreement: 0.06, change: -0.02 };
  let [sum, mean] = [0, 0];
  for (const { counts, chance } of everyCounts(world)) {
    sum += chance;
    mean += (chance * (counts.gained - counts.lost)) / world.rows;
  }

  assert.ok(Math.abs(sum - 1) < 1e-9, `${sum}`);
  assert.ok(Math.abs(mean - world.change) < 1e-9, `${mean}`);
});

test('samples that are drawn say what their chances say, within four standard errors', () => {
  for (const world of [
    { rows: 300, disagreement: 0.06, change: 0 },
    { rows: 300, disagreement: 0.06, change: -0.01 },
  ]) {
    const [exact, drawn] = [exactShares(world), simulatedShares(world, 4000, 1)];
    for (const saying of sayings) {
      const error = Math.sqrt((exact[saying] * (1 - exact[saying])) / 4000);
      assert.ok(Math.abs(drawn[saying] - exact[saying]) <= 4 * error + 1e-9, `${saying}: ${drawn[saying]} of ${exact[saying]}`);
    }
  }
});
