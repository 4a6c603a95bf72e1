import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitMs } from './source-keeper.ts';

test('a source is looked at at its pace, and after failures less and less often, though never less than every ten minutes or its pace', () => {
  const [second, hour] = [1_000, 3_600_000];

  assert.deepEqual(
    [second, hour].map((every) => [0, 1, 2, 3, 4, 40].map((failures) => waitMs(every, failures))),
    [
      [second, 30_000, 120_000, 600_000, 600_000, 600_000],
      [hour, 30_000, 120_000, 600_000, hour, hour],
    ],
  );
});
