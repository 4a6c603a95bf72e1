import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { DataDrift } from '@tidegate/formats';
import { testPlace } from '../../test-place.ts';

/** Rows of a CSV file, the same for the same seed; the wind is higher by `shift`. */
function rows(seed: number, { count = 1500, shift = 0, carriers = ['UA', 'DL', 'AA'] } = {}): string {
  const chance = (row: number, salt: number): number => {
    const x = Math.sin((row + 1) * 12.9898 + seed * 78.233 + salt * 37.719) * 43758.5453;
    return x - Math.floor(x);
  };
  const lines = Array.from({ length: count }, (_, row) => {
    const carrier = carriers[Math.floor(carriers.length * chance(row, 1))] ?? '';
    return `${row},${(10 * chance(row, 2) + shift).toFixed(3)},${carrier}`;
  });
  return ['id,wind,carrier', ...lines, ''].join('\n');
}

function place(t: TestContext) {
  const yaml = 'version: 1\ndata: { flights: { from: { files: flights.csv } } }\n';
  const { call, ...at } = testPlace(t, { files: { 'tidegate.yaml': yaml, 'flights.csv': rows(1) } });
  return { ...at, call: (...words: readonly string[]) => call(words) };
}

test('versions of a dataset are judged column by column, with since when, as text, JSON, Markdown and one HTML file', async (t) => {
  const { call, write, path } = place(t);
  const commit = async (text: string): Promise<void> => {
    write('flights.csv', text);
    const done = await call('data', 'commit', 'flights');
    assert.equal(done.code, 0, done.stderr);
  };
  await commit(rows(1));
  await commit(rows(2));
  await commit(rows(3, { shift: 4 }));
  const [, , first = ''] = JSON.parse((await call('data', 'log', 'flights', '--json')).stdout).map(
    ({ digest }: { digest: string }) => digest,
  );
  await commit(rows(4, { shift: 4, carriers: ['UA', '<b>&|`DL`', '@everyone'] }));

  const found = await call('data', 'drift', 'flights', first, '--json', '--html', path('drift.html'));
  const drift: DataDrift = JSON.parse(found.stdout);
  const of = (column: string) => drift.columns.find((one) => one.column === column) ?? assert.fail(column);

  assert.equal(found.code, 3, found.stderr);
  assert.deepEqual(
    drift.columns.map(({ column, verdict }) => [column, verdict]),
    [
      ['carrier', 'fail'],
      ['wind', 'fail'],
    ],
  );
  assert.deepEqual(
    drift.leftOut.map(({ column }) => column),
    ['id'],
  );
  assert.equal(of('wind').since?.isFirst, true);
  assert.equal(of('wind').since?.looked, 2);
  assert.equal(of('carrier').since?.looked, 1);
  assert.equal(of('carrier').since?.version, drift.after.version);

  const text = await call('data', 'drift', 'flights', first);
  assert.match(text.stdout, /✗ wind moved: 5\.\d+ -> 9\.\d+ on average/);
  assert.match(text.stdout, /Since version [0-9a-f]+, first used .* \(2 versions between looked at\)/);
  assert.match(text.stdout, /KS 0\.4\d*, Wasserstein 3\.9\d+/);

  const markdown = await call('data', 'drift', 'flights', first, '--markdown');
  assert.match(markdown.stdout, /^\*\*data\.flights\*\*: as it is now/);
  assert.doesNotMatch(markdown.stdout, /<b>|`DL|@everyone/);

  const page = readFileSync(path('drift.html'), 'utf8');
  assert.match(page, /<polygon class="area champion"/);
  assert.doesNotMatch(page, /<b>&|<script|src=|https?:/);
});

test('two versions are judged by their profiles with the rows gone, with since when, and what has no profile is refused', async (t) => {
  const { call, write, path } = place(t);
  const texts = [rows(1, { count: 6000 }), rows(2, { count: 6000 }), rows(3, { count: 6000, shift: 4 })];
  for (const text of texts) {
    write('flights.csv', text);
    assert.equal((await call('data', 'commit', 'flights')).code, 0);
  }
  const log: readonly { readonly digest: string }[] = JSON.parse((await call('data', 'log', 'flights', '--json')).stdout);
  const [young = '', , old = ''] = log.map(({ digest }) => digest);
  const objects = path('../home/objects');
  const stored = readdirSync(objects, { recursive: true }).map(String);
  const ofRows = texts.map((text) => createHash('sha256').update(text).digest('hex').slice(-50));
  const gone = stored.filter((name) => ofRows.some((digits) => name.endsWith(digits)));
  assert.equal(gone.length, 3);
  for (const name of gone) rmSync(join(objects, name));

  const found = await call('data', 'drift', 'flights', old, young, '--from-profiles', '--json', '--html', path('drift.html'));
  const drift: DataDrift = JSON.parse(found.stdout);
  const text = await call('data', 'drift', 'flights', old, '--from-profiles');
  const ofFile = await call('data', 'drift', 'flights', '--file', 'flights.csv', '--from-profiles');
  const slices = await call('data', 'drift', 'flights', old, '--from-profiles', '--slices');

  assert.equal(found.code, 3, found.stderr);
  assert.equal(drift.from, 'profiles');
  assert.deepEqual(
    drift.columns.map(({ column, verdict }) => [column, verdict]),
    [
      ['wind', 'fail'],
      ['carrier', 'pass'],
    ],
  );
  assert.deepEqual(drift.columns[0]?.since, { ...drift.columns[0]?.since, version: young, looked: 1, isFirst: true });
  assert.match(drift.reason, /6,000 rows against 6,000, from their profiles/);
  assert.match(text.stdout, /KS 0\.\d+ to 0\.\d+, Wasserstein .* to .*, bounds from \d+ bins/);
  assert.match(readFileSync(path('drift.html'), 'utf8'), /<polygon class="area champion"/);
  assert.match(ofFile.stderr, /Cannot compare the rows of a file by profiles: only versions of a dataset have one/);
  assert.match(slices.stderr, /Cannot look for slices from profiles: they are parts of the rows/);
});

test('rows of a file are judged before they are added, and too many sides are refused', async (t) => {
  const { call, write } = place(t);
  assert.equal((await call('data', 'commit', 'flights')).code, 0);
  write('new.csv', rows(9, { count: 2000 }));

  const same = await call('data', 'drift', 'flights', '--file', 'new.csv');
  const gone = await call('data', 'drift', 'flights', '--file', 'none.csv');
  const many = await call('data', 'drift', 'flights', 'a', 'b', '--file', 'new.csv');
  const untrained = await call('data', 'drift', 'flights', '--against', 'training');

  assert.match(same.stdout, /wind is as it was/);
  assert.match(gone.stderr, /TG-CLI-NOT-FOUND/);
  assert.match(many.stderr, /Cannot compare 3 sets of rows: two are compared/);
  assert.match(untrained.stderr, /Cannot find what a live model was trained on/);
});

test('a run judges by profiles where it is told to', async (t) => {
  const { call, write } = place(t);
  const yaml = (drift: string): string => `version: 1\ndata: { flights: { from: { files: flights.csv }, drift: ${drift} } }\n`;
  assert.equal((await call('data', 'commit', 'flights')).code, 0);
  const [{ digest = '' } = {}] = JSON.parse((await call('data', 'log', 'flights', '--json')).stdout) as readonly { digest?: string }[];
  write('flights.csv', rows(3, { shift: 4 }));
  write('tidegate.yaml', yaml(`{ against: "${digest}", from: profiles, severity: error }`));

  const stopped = await call('run');

  assert.equal(stopped.code, 3, stopped.stdout + stopped.stderr);
  assert.match(stopped.stdout, /fail: wind moved: 5\.\d+ -> 8\.\d+ on average.* \(against version [0-9a-f]{12}\)/);
  assert.doesNotMatch(stopped.stdout, /together/);
});

test('a run that makes a version compares it with the one that is named: told as a warning, or stopping what depends on it', async (t) => {
  const { call, write } = place(t);
  const yaml = (drift: string): string =>
    `version: 1\ndata: { flights: { from: { files: flights.csv }, drift: ${drift} } }\nsteps: { count: { run: [sh, -c, "wc -l flights.csv > n.txt"], in: [data.flights], out: { n: n.txt } } }\n`;
  write('tidegate.yaml', yaml('{}'));
  const alone = await call('run');
  const [{ digest = '' } = {}] = JSON.parse((await call('data', 'log', 'flights', '--json')).stdout) as readonly { digest?: string }[];
  write('flights.csv', rows(3, { shift: 4 }));
  write('tidegate.yaml', yaml(`{ against: "${digest}", ignore: [id] }`));
  const warned = await call('run');
  const again = await call('run');
  write('tidegate.yaml', yaml(`{ against: "${digest}", severity: error }`));
  const stopped = await call('run');

  assert.match(alone.stdout, /No live model was made from a version of this dataset, so there is nothing to compare with/);
  assert.match(warned.stdout, /fail \(warning\): wind moved: 5\.\d+ -> 8\.\d+ on average.* \(against version [0-9a-f]{12}\)/);
  assert.doesNotMatch(warned.stdout, /\bid (moved|is as)/);
  assert.equal(warned.code, alone.code);
  assert.match(again.stdout, /data\.flights: (unchanged|as before|from the cache|hit)|0 done|nothing/i);
  assert.equal(stopped.code, 3, stopped.stdout + stopped.stderr);
  assert.match(stopped.stdout, /fail: wind moved/);
});
