import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import type { DataDrift } from '@tidegate/formats';
import { testPlace } from '../../test-place.ts';

interface Rows {
  readonly seed: number;
  /** The sign with which speed goes with wind. */
  readonly sign?: number;
  /** How much higher the delay of JFK is. */
  readonly late?: number;
}

/** Rows of a CSV file, the same for the same seed; each column by itself is the same for both signs. */
function rows({ seed, sign = 1, late = 0 }: Rows): string {
  const chance = (row: number, salt: number): number => {
    const x = Math.sin((row + 1) * 12.9898 + seed * 78.233 + salt * 37.719) * 43758.5453;
    return x - Math.floor(x);
  };
  const lines = Array.from({ length: 1500 }, (_, row) => {
    const origin = ['JFK', 'EWR', '<b>&|`LGA'][Math.floor(3 * chance(row, 1))] ?? '';
    const wind = chance(row, 2) - 0.5;
    const speed = sign * wind + 0.3 * (chance(row, 3) - 0.5);
    const delay = chance(row, 4) + (origin === 'JFK' ? late : 0);
    return `${wind.toFixed(4)},${speed.toFixed(4)},${origin},${delay.toFixed(4)}`;
  });
  return ['wind,speed,origin,delay', ...lines, ''].join('\n');
}

async function committed(t: TestContext) {
  const yaml = 'version: 1\ndata: { flights: { from: { files: flights.csv } } }\n';
  const { call, ...at } = testPlace(t, { files: { 'tidegate.yaml': yaml, 'flights.csv': rows({ seed: 1 }) } });
  const done = await call(['data', 'commit', 'flights']);
  assert.equal(done.code, 0, done.stderr);
  return { ...at, call: (...words: readonly string[]) => call(['data', 'drift', 'flights', ...words]) };
}

test('two columns that no longer go together fail though each passes, and only where that is asked', async (t) => {
  const { call, write, path } = await committed(t);
  write('flights.csv', rows({ seed: 2, sign: -1 }));

  const found = await call('--json', '--html', path('drift.html'));
  const drift: DataDrift = JSON.parse(found.stdout);
  const byColumns = await call('--columns-only', '--json');

  assert.equal(found.code, 3, found.stderr);
  assert.ok(drift.columns.every(({ verdict }) => verdict !== 'fail'));
  const verdicts = Object.fromEntries((drift.together?.findings ?? []).map(({ name, verdict }) => [name, verdict]));
  assert.equal(verdicts['classifier'], 'fail');
  assert.equal(verdicts['pairs'], 'fail');
  assert.match(drift.reason, /; beyond single columns pairs, classifier, reconstruction changed$/);
  assert.equal(drift.slices, null);
  assert.notEqual(byColumns.code, 3);
  assert.equal(JSON.parse(byColumns.stdout).together, null);

  const text = await call();
  assert.match(
    text.stdout,
    /✗ Which of 4 columns go together changed: a correlation by 1\.\d+ .*: wind and speed from 0\.\d+ to -0\.\d+, 1,500 rows/,
  );
  const markdown = await call('--markdown');
  assert.match(markdown.stdout, /beyond single columns/);
  assert.doesNotMatch(markdown.stdout, /<b>|`LGA/);
  const page = readFileSync(path('drift.html'), 'utf8');
  assert.match(page, /<h2>Beyond single columns<\/h2>/);
  assert.doesNotMatch(page, /<b>&/);
});

test('the slice that moved is told with what it does to the outcome, and an outcome that is not there is refused', async (t) => {
  const { call, write } = await committed(t);
  write('flights.csv', rows({ seed: 2, late: 0.6 }));

  const found = await call('--slices', '--outcome', 'speed', '--json');
  const drift: DataDrift = JSON.parse(found.stdout);
  const [first] = drift.slices?.found ?? [];

  assert.deepEqual(first?.slice, [{ column: 'origin', value: 'JFK' }]);
  assert.equal(first.feature, 'delay');
  assert.equal(drift.slices?.outcome, 'speed');
  assert.ok(Math.abs(first.effect ?? 1) < 0.05, 'the delay does nothing to the speed');
  const text = await call('--slices');
  assert.match(text.stdout, /✗ delay moved where origin = JFK \(3\d\.?\d* % of the rows\)/);
  assert.match(text.stdout, /Slices are ranked by the rows that moved: \d+ pairs of a slice and a column judged as one family/);
  assert.match(
    (await call('--slices', '--outcome', 'none')).stderr,
    /Cannot rank slices of data\.flights by "none": its rows have no such column/,
  );
  assert.match((await call('--outcome', 'speed')).stderr, /Cannot use "--outcome": it ranks slices, and they are not asked for/);
});
