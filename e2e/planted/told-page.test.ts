import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Trial } from './campaign.ts';
import { toldPage } from './told-page.ts';

const trialsOf = (kind: string, detector: string, found: number): readonly Trial[] =>
  Array.from({ length: 10 }, (_, seed) => ({
    dataSet: 'iris',
    seed,
    kind,
    step: 'told' as const,
    size: 0.5,
    limit: 0.25,
    isBeyond: false,
    told: 0.5,
    detector,
    isFound: seed < found,
  }));

test('the page counts what the one who told a limit found there, and shows where that is less than was told', () => {
  const planted = [...trialsOf('mean', 'drift', 9), ...trialsOf('mean', 'together', 0), ...trialsOf('spread', 'drift', 3)];

  const page = toldPage({ clean: [], planted }, { versions: ['R 4.2.2'] });

  assert.ok(page.includes('| mean | 9 of 10, 90 % (55 to 100) | - | - | 2.0 |  |'), page);
  assert.ok(page.includes('| spread | **3 of 10, 30 % (7 to 65)** | - | - | 2.0 |  |'), page);
  assert.ok(page.includes('| mean | 0.5: 9 of 10 |'), page);
  assert.match(page, /R 4\.2\.2\. \*\*Not in this run\*\*: flights, /);
});
