import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataSets } from './data-sets/all.ts';
import { resultsPage } from './results-page.ts';

test('a page of some data sets says which are not in it, and by how many seeds it is', () => {
  const clean = (names: readonly string[], seeds: readonly number[]) =>
    names.flatMap((dataSet) =>
      seeds.map((seed) => ({ dataSet, seed, detector: 'drift', earlierRows: 10, rows: 10, columns: 1, alarms: [] })),
    );
  const all = dataSets.map(({ name }) => name);

  const whole = resultsPage({ clean: clean(all, [1, 2]), planted: [] }, { versions: [] });
  const part = resultsPage({ clean: clean(all.slice(2), [1]), planted: [] }, { versions: [] });

  assert.match(whole, /0 planted versions by 2 seeds\.\n/);
  assert.doesNotMatch(whole, /Not in this run/);
  assert.ok(part.includes(`0 planted versions by 1 seed. **Not in this run**: ${all.slice(0, 2).join(', ')}.`));
});
