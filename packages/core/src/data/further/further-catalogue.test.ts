import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatasetVersion } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import type { Finding } from '../checks/finding.ts';
import { parseContract } from '../contract/parse-contract.ts';
import { datasetSql } from '../read/dataset-sql.ts';
import { testDataset } from '../test-dataset.ts';
import { furtherRules } from './further-rules.ts';
import { judgedChecks, judgeFurther } from './judge-further.ts';
import { relationshipEnds } from './relationship-ends.ts';

const now = Date.parse('2026-01-10T12:00:00Z');
const hours = `TIMESTAMP '2026-01-10 06:00:00' - to_hours(i)`;

/** SQL of a column in row `i` of 40, and rules on it, by their name, each with what breaks it alone. */
const own: { readonly [column: string]: string } = {
  id: 'i',
  ref: `'r' || i`,
  a: 'i',
  b: 'i % 3',
  k: 'i % 5',
  n: '1.0',
  m: 'i % 4',
  w: 'i',
  seen: hours,
  g: 'i % 8',
  t: `CASE WHEN i % 4 = 0 THEN 'x' ELSE 'y' END`,
};
const other = `SELECT 'r' || i AS name, i AS a, i % 3 AS b, i % 5 AS k, 1.0 AS amount, i % 4 AS m, i AS w FROM range(40) r(i)`;

interface Fault {
  readonly check: string;
  /** Columns that are other than in `own`. */
  readonly columns?: { readonly [column: string]: string };
  /** Rows of the former version. */
  readonly formerRows?: number;
  readonly reason: RegExp;
}

const at = (i: number, value: string, otherwise: string): string => `CASE i WHEN ${i} THEN ${value} ELSE ${otherwise} END`;

const faults: { readonly [name: string]: Fault } = {
  'ref.exists': {
    check: 'existsIn',
    columns: { ref: at(3, `'r40'`, own['ref'] ?? '') },
    reason: /1 of 40 rows names none, for instance "r40"$/,
  },
  pair: { check: 'foreignKey', columns: { b: at(3, '1', 'i % 3') }, reason: /1 of 40 rows names none, for instance 3$/ },
  amounts: {
    check: 'reconciles',
    columns: { n: `CASE i WHEN 3 THEN 2.0 WHEN 4 THEN 0.0 ELSE 1.0 END` },
    reason: /2 of 5 groups differ, for instance 3$/,
  },
  counts: { check: 'reconciles', columns: { m: at(3, '2', 'i % 4') }, reason: /2 of 4 groups differ, for instance 2$/ },
  total: { check: 'sameAggregate', columns: { w: at(3, '4', 'i') }, reason: /it is 781 here and 780 there$/ },
  'seen.fresh': {
    check: 'notOlderThan',
    columns: { seen: `${hours} - to_days(3)` },
    reason: /it was of 2026-01-07T06:00:00.000Z, 3.25 d before 2026-01-10T12:00:00.000Z$/,
  },
  'seen.young': {
    check: 'noneOlderThan',
    columns: { seen: at(3, `TIMESTAMP '2025-12-01'`, hours) },
    reason: /1 of 40 rows is older, for instance "2025-12-01T00:00:00.000Z"$/,
  },
  volume: { check: 'rowCountChange', formerRows: 400, reason: /it is -90 percent$/ },
  'g.moved': { check: 'distanceFrom', columns: { g: 'i % 8 + 100' }, reason: /it is 1$/ },
  't.moved': { check: 'distanceFrom', columns: { t: `CASE WHEN i % 4 = 0 THEN 'y' ELSE 'x' END` }, reason: /it is 0.5$/ },
};

const rule = (id: string, words: string): string => `{ id: ${id}, type: custom, engine: tidegate, implementation: { ${words} } }`;

const contract = `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: t
    quality:
      - ${rule('pair', 'check: foreignKey, columns: [a, b], dataset: u')}
      - ${rule('amounts', 'check: reconciles, columns: [k], dataset: u, amount: n, against: amount')}
      - ${rule('counts', 'check: reconciles, columns: [m], dataset: u')}
      - ${rule('total', 'check: sameAggregate, aggregate: sum, column: w, dataset: u')}
      - ${rule('volume', 'check: rowCountChange, mustBeBetween: [-50, 100]')}
    properties:
      - { name: id, logicalType: integer, primaryKey: true }
      - { name: ref, quality: [${rule('exists', 'check: existsIn, dataset: u, column: name')}] }
      - { name: a }
      - { name: b }
      - { name: k }
      - { name: n }
      - { name: m }
      - { name: w }
      - { name: seen, quality: [${rule('fresh', 'check: notOlderThan, age: 24h')}, ${rule('young', 'check: noneOlderThan, age: 30d')}] }
      - { name: g, quality: [${rule('moved', 'check: distanceFrom, mustBeLessThan: 0.4')}] }
      - { name: t, quality: [${rule('moved', 'check: distanceFrom, mustBeLessThan: 0.49')}] }
`;

const select = (rows: number, columns: Fault['columns'] = {}): string =>
  `SELECT ${Object.entries({ ...own, ...columns })
    .map(([name, sql]) => `${sql} AS ${name}`)
    .join(', ')} FROM range(${rows}) r(i)`;

interface Made {
  readonly version: DatasetVersion;
  readonly sql: string;
}

async function made(query: string): Promise<Made & AsyncDisposable> {
  const dataset = await testDataset();
  await dataset.writeParquet('t.parquet', query);
  const { version } = await dataset.run();
  return {
    version,
    sql: await datasetSql(dataset.store, version, version.tree),
    [Symbol.asyncDispose]: () => dataset[Symbol.asyncDispose](),
  };
}

async function found(text: string, { columns, formerRows = 40 }: Partial<Fault> = {}): Promise<readonly Finding[]> {
  await using version = await made(select(40, columns));
  await using former = await made(select(formerRows));
  await using parent = await made(other);
  using engine = await openEngine({ threads: 1 });
  await engine.run(`CREATE VIEW own_rows AS ${version.sql}`);
  await engine.run(`CREATE VIEW other_rows AS ${parent.sql}`);
  const parsed = parseContract({ file: 't.odcs.yaml', text, dataset: 't' });
  assert.ok(parsed.ok);
  const personal = new Set(parsed.value.columns.filter((column) => column.personal).map(({ name }) => name));
  return await judgeFurther(furtherRules(parsed.value, relationshipEnds('t', parsed.value, [{ dataset: 'u', file: null, object: null }])), {
    engine,
    version: version.version,
    own: { dataset: 't', sql: 'own_rows', columns: version.version.columns, personal },
    keys: ['id'],
    others: new Map([['u', { dataset: 'u', sql: 'other_rows', columns: parent.version.columns, personal: new Set<string>() }]]),
    former: [former.version],
    versions: new Map(),
    now,
    askPython: () => Promise.reject(new Error('No Python is asked here')),
  });
}

const notPassed = (findings: readonly Finding[]): readonly string[] =>
  findings.filter(({ result }) => result.verdict !== 'pass').map(({ result, reason }) => `${result.name} ${result.verdict}: ${reason}`);

test('each further check passes sound data, and alone finds the fault that it is there for', async () => {
  assert.deepEqual(notPassed(await found(contract)), []);
  for (const [name, fault] of Object.entries(faults)) {
    const [one = '', ...more] = notPassed(await found(contract, fault));
    assert.ok(one.startsWith(`${name} fail: `), `${name}: ${one}`);
    assert.match(one, fault.reason);
    assert.deepEqual(more, [], name);
  }
  // python has its own test, in project/checks/python-functions.slow.test.ts
  assert.deepEqual([...new Set(Object.values(faults).map(({ check }) => check)), 'python'].toSorted(), judgedChecks.toSorted());
});

test('rows that fail are shown by their key, the same ones each time, and personal values in none of the checks', async () => {
  const secret = contract.replace(
    '{ name: ref, quality',
    '{ name: ref, customProperties: [{ property: tidegate.personal, value: true }], quality',
  );
  const columns = { ref: `'nobody ' || i`, k: 'i % 7' };
  const [open, hidden] = [await found(contract, { columns }), await found(secret, { columns })];
  const examplesOf = (findings: readonly Finding[], name: string) => findings.find(({ result }) => result.name === name)?.result.examples;

  assert.deepEqual(
    examplesOf(open, 'ref.exists'),
    [0, 1, 2, 3, 4].map((id) => ({ id, ref: `nobody ${id}` })),
  );
  assert.deepEqual(
    examplesOf(hidden, 'ref.exists'),
    [0, 1, 2, 3, 4].map((id) => ({ id, ref: '(personal)' })),
  );
  assert.deepEqual(examplesOf(open, 'amounts')?.slice(0, 2), [
    { k: 0, here: 6, there: 8 },
    { k: 1, here: 6, there: 8 },
  ]);
  assert.doesNotMatch(JSON.stringify(hidden), /nobody/);
});

test('a distance that chance alone may give is no pass, and says how many values are needed', async () => {
  const few = contract.replace('mustBeLessThan: 0.4 ', 'mustBeLessThan: 0.3 ');
  assert.deepEqual(notPassed(await found(few)), [
    'g.moved inconclusive: the values of g are less than 0.3 away from those of the former version: it is 0, but with 40 values 0.364 comes by chance, so that 112 values are needed',
  ]);
  const many = few.replace('mustBeLessThan: 0.3 ', 'mustBeLessThan: 0.1 ');
  assert.match(notPassed(await found(many)).join(), /so that the other version has too few values for that$/);
});

test('columns that cannot be compared, datasets and columns that are not there, are no pass', async () => {
  const wrong = contract.replace('column: name)', 'column: gone)').replace('column: name }', 'column: a }').replace('references', 'x');
  assert.deepEqual(notPassed(await found(wrong)), [
    'ref.exists fail: ref is a of a row of u: it cannot be measured, ref is string and u.a is integer',
  ]);
  const gone = contract.replace('column: name }', 'column: gone }').replace('column: w, dataset: u', 'column: w, dataset: v');
  assert.deepEqual(notPassed(await found(gone)), [
    'ref.exists fail: ref is gone of a row of u: it cannot be measured, u has no column gone',
    'total fail: the sum of w is that of w in v: it cannot be measured, there is no dataset v',
  ]);
});

test('a relationship to a dataset of the project is a foreign key; one to anything else is inconclusive', async () => {
  const related = contract
    .replace('{ name: m }', '{ name: m, relationships: [{ to: u.a }] }')
    .replace('{ name: w }', '{ name: w, relationships: [{ to: https://example.com/other.yaml#schema.x.y }] }');
  const elsewhere =
    'w.relationship inconclusive: w is https://example.com/other.yaml#schema.x.y of a row: it is not measured, "https://example.com/other.yaml#schema.x.y" is not of this project';
  assert.deepEqual(notPassed(await found(related)), [elsewhere]);
  assert.deepEqual(notPassed(await found(related, { columns: { m: at(3, '99', 'i % 4') } })), [
    'counts fail: the number of rows by m is that of u: 2 of 5 groups differ, for instance 3',
    'm.relationship fail: m is a of a row of u: 1 of 40 rows names none, for instance 99',
    elsewhere,
  ]);
});

test('latency and retention of the SLA are judged at the moment of the reading', async () => {
  const levels = (latency: number, retention: number): string =>
    contract.replace(
      'schema:',
      `slaProperties:\n  - { property: latency, value: ${latency}, unit: h, element: t.seen }\n  - { property: retention, value: ${retention}, unit: h, element: t.seen }\nschema:`,
    );

  assert.deepEqual(notPassed(await found(levels(6, 45))), []);
  assert.deepEqual(notPassed(await found(levels(5, 44))), [
    'seen.latency fail: the newest seen is at most 5 h old: it was of 2026-01-10T06:00:00.000Z, 6 h before 2026-01-10T12:00:00.000Z',
    'seen.retention fail: no seen is more than 44 h old: 1 of 40 rows is older, for instance "2026-01-08T15:00:00.000Z"',
  ]);
});
