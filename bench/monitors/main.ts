import { cpus } from 'node:os';
import { judgeDrift, openEngine, quoteText } from '@tidegate/runtime';
import type { FeatureColumn, ReferenceColumn } from '@tidegate/formats';
import { halfColumn } from '../../packages/core/src/data/drift/count-columns.ts';
import { type CurrentColumn, currentColumn, valueSql } from '../../packages/core/src/data/drift/current-column.ts';
import { binning, referenceColumn } from '../../packages/core/src/data/drift/reference-column.ts';
import { type UsualDistances, usualDistances, windowColumn } from '../../packages/core/src/data/drift/usual-distance.ts';

/**
 * What a drift monitor is worth on real features: alarms in replays of rows that did not change, and the smallest shift that it finds.
 * `node bench/monitors/main.ts --training build/features/delay/train.parquet` prints the tables that are committed as RESULTS.md; the
 * file is what "tidegate run" leaves in examples/flight-delays.
 *
 * Half of the training set, by a hash of its ids, is the reference. Replays are drawn from the other half, by a seeded hash.
 */
const training = process.argv[process.argv.indexOf('--training') + 1] ?? '';
const replays = 100;
const sizes = [200, 2000, 20_000];
const options = { falseAlarms: 0.01, floor: 0.1 };
const withheld = new Set(['flight_id', 'as_of', 'delayed']);

using engine = await openEngine({ threads: 2 });
const source = `read_parquet(${quoteText(training)})`;
await engine.run(
  `CREATE TABLE reference AS SELECT *, (row_number() OVER () % 2)::INT AS "${halfColumn}" FROM ${source} WHERE hash(flight_id || 'side') % 2 = 0`,
);
await engine.run(`CREATE TABLE others AS SELECT * FROM ${source} WHERE hash(flight_id || 'side') % 2 = 1`);
const [count = {}] = await engine.rows('SELECT (SELECT count(*) FROM reference) AS reference, (SELECT count(*) FROM others) AS others');
const features = await featuresOf();
const reference: ReferenceColumn[] = [];
for (const feature of features)
  reference.push(
    await referenceColumn(engine, { table: 'reference', value: valueSql(feature.name, feature) }, { ...feature, role: 'input' }),
  );

console.log(
  `${reference.length} columns, reference of ${String(count['reference'])} rows, replays from ${String(count['others'])} others, ${replays} seeds; floor ${options.floor}, false alarms ${options.falseAlarms}; Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})\n`,
);
console.log(
  '| rows | replays with an alarm | with a significant column | columns that pass | inconclusive | CPU ms a replay |\n|---|---|---|---|---|---|',
);
for (const rows of sizes) console.log(await unchanged(rows));
console.log('\n| weeks of the training set, each against the others | with an alarm | columns that fail most often |\n|---|---|---|');
for (const line of await weeks()) console.log(line);
const shifted: (ReferenceColumn & { readonly kind: 'ordered' })[] = [];
for (const column of reference) if (column.kind === 'ordered' && column.std !== null && (await isSmooth(column))) shifted.push(column);
await drawAll(shifted.slice(0, 6).map(({ column }) => column));
console.log(
  '\n| column | standard deviation | said at 200 | found at 200 | said at 2,000 | found at 2,000 | said at 20,000 | found at 20,000 |\n|---|---|---|---|---|---|---|---|',
);
for (const column of shifted.slice(0, 6)) console.log(await smallest(column));

async function featuresOf(): Promise<readonly FeatureColumn[]> {
  return (await engine.describe(`SELECT * FROM ${source}`))
    .map(({ name, type }): FeatureColumn => ({ name, type: type === 'DOUBLE' ? 'number' : type === 'VARCHAR' ? 'string' : 'integer' }))
    .filter(({ name, type }) => !withheld.has(name) && binning(type) !== null);
}

/** The rows of a replay, each in one of two halves. */
async function draw(rows: number, seed: number): Promise<void> {
  await engine.run(
    `CREATE OR REPLACE TABLE drawn AS SELECT *, (hash(flight_id || 'half') % 2)::INT AS "${halfColumn}" FROM others
     ORDER BY hash(flight_id || ${seed}) LIMIT ${rows}`,
  );
}

/** Whole weeks, each judged against the others by windows and by rows; the month is left out, which no other week has. */
async function weeks(): Promise<readonly string[]> {
  const number = '((epoch_ms(as_of) - (SELECT min(epoch_ms(as_of)) FROM dated)) // 604800000)';
  await engine.run(`CREATE TABLE dated AS SELECT * FROM ${source}`);
  const [span = {}] = await engine.rows('SELECT (max(epoch_ms(as_of)) - min(epoch_ms(as_of))) // 604800000 AS weeks FROM dated');
  const total = Number(span['weeks']);
  const seen = { windows: { alarms: 0, columns: new Map<string, number>() }, rows: { alarms: 0, columns: new Map<string, number>() } };
  for (let week = 0; week < total; week++) {
    await engine.run(
      `CREATE OR REPLACE TABLE before AS SELECT *, (row_number() OVER () % 2)::INT AS "${halfColumn}", ${number} AS "${windowColumn}" FROM dated WHERE ${number} <> ${week} AND ${number} < ${total}`,
    );
    await engine.run(
      `CREATE OR REPLACE TABLE asked AS SELECT *, (hash(flight_id || 'half') % 2)::INT AS "${halfColumn}" FROM dated WHERE ${number} = ${week}`,
    );
    const current: CurrentColumn[] = [];
    const usual: UsualDistances[] = [];
    for (const feature of features.filter(({ name }) => name !== 'month')) {
      const value = valueSql(feature.name, feature);
      const column = await referenceColumn(engine, { table: 'before', value }, { ...feature, role: 'input' });
      usual.push(await usualDistances(engine, { table: 'before', value }, column));
      current.push(await currentColumn(engine, { table: 'asked', value }, column));
    }
    for (const [by, sum] of Object.entries(seen)) {
      const judged = judgeDrift(
        current.map(({ binned }, index) =>
          by === 'windows' ? { ...binned, usual: usual[index]?.usual ?? 0, usualMissing: usual[index]?.usualMissing ?? 0 } : binned,
        ),
        options,
      );
      const failed = current.filter((_, index) => judged[index]?.verdict === 'fail').map(({ reference: { column } }) => column);
      if (failed.length > 0) sum.alarms++;
      for (const column of failed) sum.columns.set(column, (sum.columns.get(column) ?? 0) + 1);
    }
  }
  return Object.entries(seen).map(([by, { alarms, columns }]) => {
    const most = [...columns].toSorted((a, b) => b[1] - a[1]).slice(0, 4);
    return `| by: ${by} | ${alarms} of ${total} | ${most.map(([column, often]) => `${column} ${often}`).join(', ')} |`;
  });
}

/** The rows of every replay, so that a smaller one has the first of a larger. */
async function drawAll(columns: readonly string[]): Promise<void> {
  const most = Math.max(...sizes);
  const list = columns.map((column) => `"${column}"`).join(', ');
  for (let seed = 0; seed < replays; seed++)
    await engine.run(
      `${seed === 0 ? 'CREATE TABLE draws AS' : 'INSERT INTO draws'} SELECT ${seed} AS seed, row_number() OVER (ORDER BY hash(flight_id || ${seed})) AS place,
       (hash(flight_id || 'half') % 2)::INT AS "${halfColumn}", ${list} FROM others QUALIFY place <= ${most} ORDER BY place`,
    );
}

async function unchanged(rows: number): Promise<string> {
  const before = process.cpuUsage();
  let alarms = 0;
  let significant = 0;
  let passes = 0;
  let open = 0;
  for (let seed = 0; seed < replays; seed++) {
    await draw(rows, seed);
    const current: CurrentColumn[] = [];
    for (const column of reference)
      current.push(await currentColumn(engine, { table: 'drawn', value: valueSql(column.column, column) }, column));
    const judged = judgeDrift(
      current.map(({ binned }) => binned),
      options,
    );
    if (judged.some(({ verdict }) => verdict === 'fail')) alarms++;
    if (judged.some(({ adjustedPValue }) => adjustedPValue <= options.falseAlarms)) significant++;
    passes += judged.filter(({ verdict }) => verdict === 'pass').length;
    open += judged.filter(({ verdict }) => verdict === 'inconclusive').length;
  }
  const { user, system } = process.cpuUsage(before);
  const share = (number: number): string => `${((100 * number) / replays / reference.length).toFixed(0)} %`;
  return `| ${rows} | ${alarms} of ${replays} | ${significant} of ${replays} | ${share(passes)} | ${share(open)} | ${((user + system) / 1000 / replays).toFixed(0)} |`;
}

/** A value that a tenth of the rows has stays where it is when everything else moves: only columns without one are shifted. */
async function isSmooth({ column }: ReferenceColumn): Promise<boolean> {
  const [most = {}] = await engine.rows(
    `SELECT max(rows) AS rows FROM (SELECT count(*) AS rows FROM reference WHERE "${column}" IS NOT NULL GROUP BY "${column}")`,
  );
  return Number(most['rows']) < 0.1 * Number(count['reference']);
}

/** The shift of one column in standard deviations that 80 of the replays find, beside the one that the verdict says it would find. */
async function smallest(column: ReferenceColumn & { readonly kind: 'ordered' }): Promise<string> {
  const std = column.std ?? 0;
  const cells: string[] = [];
  for (const rows of sizes) {
    let said = Number.NaN;
    const foundIn = async (deviations: number): Promise<number> => {
      let found = 0;
      for (let seed = 0; seed < replays; seed++) {
        const table = `(SELECT "${column.column}", "${halfColumn}" FROM draws WHERE seed = ${seed} AND place <= ${rows})`;
        const value = `(${valueSql(column.column, column)} + ${deviations * std})`;
        const { binned } = await currentColumn(engine, { table, value }, column);
        // as one of all columns, of which the others did not change
        const others = reference.slice(1).map(() => ({ ...binned, current: binned.reference }));
        const [judged] = judgeDrift([binned, ...others], options);
        said = judged?.smallest?.deviations ?? Number.NaN;
        if (judged?.verdict === 'fail') found++;
      }
      return found / replays;
    };
    let [low, high] = [0.02, 1];
    while (high - low > 0.015) {
      const middle = (low + high) / 2;
      if ((await foundIn(middle)) >= 0.8) high = middle;
      else low = middle;
    }
    cells.push(said.toFixed(2), high.toFixed(2));
  }
  return `| ${column.column} | ${std.toPrecision(3)} | ${cells.join(' | ')} |`;
}
