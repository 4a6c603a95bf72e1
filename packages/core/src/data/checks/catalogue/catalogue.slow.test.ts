import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CheckResult } from '@tidegate/formats';
import { checkSignatures } from '../../contract/check-signatures.ts';
import { type TestDataset, testDataset } from '../../test-dataset.ts';
import { judgedChecks } from '../../further/judge-further.ts';
import { builtChecks } from './check-meaning.ts';

/** A check on a column (or columns) of its own: SQL of a value in row `k` of 20, sound and with a fault that this check is there for. */
interface Case {
  readonly check: string;
  readonly type: string;
  readonly sound: string;
  readonly fault: string;
  /** Arguments besides the check, in YAML. */
  readonly given?: string;
  /** What the number must be, in YAML. */
  readonly limit?: string;
  /** Rows that break it in the table with the fault. */
  readonly rows?: number;
}

const at = (k: number, value: string, otherwise: string): string => `CASE k WHEN ${k} THEN ${value} ELSE ${otherwise} END`;
const word = `'word ' || k`;
const day = `DATE '2024-01-01' + CAST(k AS INTEGER)`;
const hour = `TIMESTAMP '2024-01-01 08:00:00' + to_hours(k)`;

const ofColumns: readonly Case[] = [
  { check: 'notBlank', type: 'string', sound: word, fault: at(3, `' \u00a0 '`, word), rows: 1 },
  { check: 'trimmed', type: 'string', sound: word, fault: at(3, `'word 3 '`, word), rows: 1 },
  {
    check: 'lengthBetween',
    type: 'string',
    given: 'min: 6, max: 7',
    sound: word,
    fault: `CASE WHEN k < 3 THEN 'word' ELSE ${word} END`,
    rows: 2,
  },
  { check: 'wordsBetween', type: 'string', given: 'min: 2', sound: word, fault: at(4, `'word4'`, word), rows: 1 },
  { check: 'matchesAny', type: 'string', given: "patterns: ['^word', '^w\\d']", sound: word, fault: at(4, `'ward 4'`, word), rows: 1 },
  { check: 'doesNotMatch', type: 'string', given: "pattern: '[xyz]'", sound: word, fault: at(4, `'word x'`, word), rows: 1 },
  { check: 'startsWith', type: 'string', given: 'texts: [wo, x]', sound: word, fault: at(4, `'Word 4'`, word), rows: 1 },
  {
    check: 'endsWith',
    type: 'string',
    given: "texts: ['!']",
    sound: `${word} || '!'`,
    fault: at(4, `'word 4'`, `${word} || '!'`),
    rows: 1,
  },
  {
    check: 'contains',
    type: 'string',
    given: "texts: ['@']",
    sound: `${word} || '@x'`,
    fault: at(4, `'word 4'`, `${word} || '@x'`),
    rows: 1,
  },
  { check: 'doesNotContain', type: 'string', given: "texts: ['%', '_']", sound: word, fault: at(4, `'word_4'`, word), rows: 1 },
  { check: 'upperCase', type: 'string', sound: `'ÄB' || k`, fault: at(4, `'äB4'`, `'ÄB' || k`), rows: 1 },
  { check: 'lowerCase', type: 'string', sound: word, fault: at(4, `'wOrd 4'`, word), rows: 1 },
  { check: 'ascii', type: 'string', sound: word, fault: at(4, `'wörd 4'`, word), rows: 1 },
  { check: 'noControlCharacters', type: 'string', sound: word, fault: at(4, `'word' || chr(7) || '4'`, word), rows: 1 },
  { check: 'isNumber', type: 'string', sound: `(k / 4.0) || 'e-3'`, fault: at(4, `'four'`, `(k / 4.0) || 'e-3'`), rows: 1 },
  { check: 'isWholeNumber', type: 'string', sound: `'-' || k`, fault: at(4, `'4.0'`, `'-' || k`), rows: 1 },
  {
    check: 'isDate',
    type: 'string',
    given: "format: '%d.%m.%Y'",
    sound: `strftime(${day}, '%d.%m.%Y')`,
    fault: at(4, `'2024-01-05'`, `strftime(${day}, '%d.%m.%Y')`),
    rows: 1,
  },
  { check: 'isJson', type: 'string', sound: `'{"a": ' || k || '}'`, fault: at(4, `'{a: 4}'`, `'{"a": ' || k || '}'`), rows: 1 },
  {
    check: 'isIpAddress',
    type: 'string',
    sound: `CASE WHEN k < 9 THEN '10.0.0.' || k ELSE 'fe80::' || k END`,
    fault: at(4, `'10.0.0.256'`, `'10.0.0.' || k`),
    rows: 1,
  },
  { check: 'isHex', type: 'string', sound: `'aF0' || k`, fault: at(4, `'g4'`, `'aF0' || k`), rows: 1 },
  {
    check: 'isBase64',
    type: 'string',
    sound: `base64(CAST(${word} AS BLOB))`,
    fault: at(4, `'d29yZA='`, `base64(CAST(${word} AS BLOB))`),
    rows: 1,
  },
  {
    check: 'inSetIgnoringCase',
    type: 'string',
    given: 'values: [Yes, NO]',
    sound: `CASE WHEN k % 2 = 0 THEN 'YES' ELSE 'no' END`,
    fault: at(4, `'ja'`, `'no'`),
    rows: 1,
  },
  { check: 'notInSet', type: 'integer', given: 'values: [-1, 999]', sound: 'k', fault: `CASE WHEN k > 17 THEN 999 ELSE k END`, rows: 3 },

  { check: 'between', type: 'integer', given: 'min: 1, max: 20', sound: 'k', fault: at(4, '21', 'k'), rows: 1 },
  { check: 'positive', type: 'number', sound: 'k / 2', fault: at(4, '0', 'k / 2'), rows: 1 },
  { check: 'negative', type: 'number', sound: '-k / 2', fault: at(4, '0', '-k / 2'), rows: 1 },
  { check: 'nonNegative', type: 'number', sound: 'k / 2 - 0.5', fault: at(4, '-0.1', 'k / 2'), rows: 1 },
  { check: 'notZero', type: 'integer', sound: 'k - 30', fault: at(4, '0', 'k - 30'), rows: 1 },
  { check: 'whole', type: 'number', sound: 'CAST(k AS DOUBLE)', fault: at(4, '4.5', 'CAST(k AS DOUBLE)'), rows: 1 },
  { check: 'finite', type: 'number', sound: 'k / 3.0::DOUBLE', fault: at(4, `'inf'::DOUBLE`, 'k / 3.0::DOUBLE'), rows: 1 },
  { check: 'decimalsAtMost', type: 'number', given: 'digits: 1', sound: 'k / 10', fault: at(4, '0.25', 'k / 10'), rows: 1 },
  { check: 'notOutlier', type: 'number', sound: 'k / 1', fault: at(4, '500', 'k / 1'), rows: 1 },

  {
    check: 'weekdayIn',
    type: 'date',
    given: 'days: [monday, tuesday]',
    sound: `DATE '2024-01-01' + CAST(7 * k + k % 2 AS INTEGER)`,
    fault: at(4, `DATE '2024-01-06'`, `DATE '2024-01-01'`),
    rows: 1,
  },
  {
    check: 'timeOfDayBetween',
    type: 'timestamp',
    given: "from: '22:00', to: '04:00'",
    sound: `TIMESTAMP '2024-01-01 22:30:00' + to_days(CAST(k AS INTEGER))`,
    fault: at(4, `TIMESTAMP '2024-01-01 12:00:00'`, `TIMESTAMP '2024-01-01 03:00:00'`),
    rows: 1,
  },

  { check: 'increasing', type: 'integer', given: 'orderBy: k, by: [g]', sound: 'k', fault: at(10, '1', 'k'), rows: 1 },
  { check: 'decreasing', type: 'integer', given: 'orderBy: k, strictly: true', sound: '-k', fault: at(10, '-9', '-k'), rows: 1 },
  {
    check: 'stepBetween',
    type: 'number',
    given: 'orderBy: k, min: 1, max: 1',
    sound: 'k * 1.0',
    fault: `CASE WHEN k >= 10 THEN k + 1.0 ELSE k * 1.0 END`,
    rows: 1,
  },
  {
    check: 'noGapLongerThan',
    type: 'timestamp',
    given: 'gap: 1h',
    sound: hour,
    fault: `${hour} + CASE WHEN k > 9 THEN INTERVAL 1 MINUTE ELSE INTERVAL 0 MINUTE END`,
    rows: 1,
  },
  {
    check: 'notRepeatedInARow',
    type: 'integer',
    given: 'orderBy: k, times: 2',
    sound: 'k // 2',
    fault: 'CASE WHEN k BETWEEN 5 AND 9 THEN 7 ELSE k END',
    rows: 3,
  },

  { check: 'distinctCount', type: 'integer', limit: 'mustBe: 4', sound: 'k % 4', fault: 'k % 3' },
  { check: 'distinctShare', type: 'integer', limit: 'mustBeGreaterThan: 90', sound: 'k', fault: 'k // 2' },
  {
    check: 'valueShare',
    type: 'string',
    given: 'values: [a]',
    limit: 'mustBeBetween: [40, 60]',
    sound: `CASE WHEN k % 2 = 0 THEN 'a' ELSE 'b' END`,
    fault: `CASE WHEN k % 4 = 0 THEN 'a' ELSE 'b' END`,
  },
  {
    check: 'mostFrequentShare',
    type: 'string',
    limit: 'mustBeLessOrEqualTo: 50',
    sound: `CASE WHEN k % 2 = 0 THEN 'a' ELSE 'b' END`,
    fault: `CASE WHEN k % 4 = 0 THEN 'a' ELSE 'b' END`,
  },
  {
    check: 'valuesAbsent',
    type: 'string',
    given: 'values: [a, b]',
    limit: 'mustBe: 0',
    sound: `CASE WHEN k % 2 = 0 THEN 'a' ELSE 'b' END`,
    fault: `'b'`,
  },
  { check: 'entropy', type: 'integer', limit: 'mustBeGreaterThan: 1.9', sound: 'k % 4', fault: 'least(k % 4, 1)' },
  { check: 'meanLength', type: 'string', limit: 'mustBeLessThan: 8', sound: word, fault: `${word} || ' and more'` },
  { check: 'least', type: 'integer', limit: 'mustBe: 1', sound: 'k', fault: 'k + 1' },
  { check: 'greatest', type: 'integer', limit: 'mustBeLessOrEqualTo: 20', sound: 'k', fault: at(4, '21', 'k') },
  { check: 'mean', type: 'number', limit: 'mustBeBetween: [10, 11]', sound: 'k * 1.0', fault: 'k + 1.0' },
  { check: 'median', type: 'integer', limit: 'mustBeBetween: [10, 11]', sound: 'k', fault: 'k + 1' },
  { check: 'quantile', type: 'integer', given: 'at: 0.9', limit: 'mustBeLessThan: 19', sound: 'k', fault: 'k + 2' },
  { check: 'standardDeviation', type: 'integer', limit: 'mustBeGreaterThan: 5', sound: 'k', fault: '10 + k // 10' },
  { check: 'sum', type: 'integer', limit: 'mustBe: 210', sound: 'k', fault: at(4, '3', 'k') },
  { check: 'skewness', type: 'integer', limit: 'mustBeLessThan: 1', sound: 'k', fault: 'k ^ 6' },
  { check: 'kurtosis', type: 'integer', limit: 'mustBeLessThan: 1', sound: 'k', fault: at(4, '900', 'k') },
  { check: 'correlation', type: 'integer', given: 'with: k', limit: 'mustBeGreaterThan: 0.9', sound: 'k * 3', fault: 'k * 7 % 11' },
  {
    check: 'periodsWithoutRows',
    type: 'date',
    given: 'every: day',
    limit: 'mustBe: 0',
    sound: day,
    fault: at(4, `DATE '2024-01-02'`, day),
  },
  {
    check: 'periodsWithFewRows',
    type: 'date',
    given: 'every: week, min: 2, from: 2024-01-01, until: 2024-03-10',
    limit: 'mustBe: 0',
    sound: `DATE '2024-01-01' + CAST(7 * ((k - 1) // 2) AS INTEGER)`,
    fault: at(7, `DATE '2024-01-01'`, `DATE '2024-01-01' + CAST(7 * ((k - 1) // 2) AS INTEGER)`),
  },
  {
    check: 'valuesWithFewRows',
    type: 'string',
    given: 'values: [a, b], min: 4',
    limit: 'mustBe: 0',
    sound: `CASE WHEN k % 5 = 0 THEN 'a' ELSE 'b' END`,
    fault: `CASE WHEN k % 6 = 0 THEN 'a' ELSE 'b' END`,
  },
  {
    check: 'shareDeviation',
    type: 'string',
    given: 'shares: { a: 50, b: 25 }',
    limit: 'mustBeLessThan: 5',
    sound: `CASE WHEN k % 2 = 0 THEN 'a' WHEN k % 4 = 1 THEN 'b' ELSE 'c' END`,
    fault: `CASE WHEN k % 2 = 0 THEN 'a' WHEN k % 3 = 1 THEN 'b' ELSE 'c' END`,
  },
  {
    check: 'quantilesOutside',
    type: 'integer',
    given: 'bounds: { 0.5: [10, 11], 0.9: [18, 19] }',
    limit: 'mustBe: 0',
    sound: 'k',
    fault: 'CASE WHEN k > 15 THEN 40 ELSE k END',
  },
];

/** The columns of these are `a…`, `b…` and `c…` with the number of the case. */
interface ObjectCase extends Omit<Case, 'type' | 'sound' | 'fault'> {
  readonly sound: readonly string[];
  readonly fault: readonly string[];
}

const ofObject: readonly ObjectCase[] = [
  { check: 'compare', given: "left: a, is: '<=', right: b", sound: ['k', 'k + k % 2'], fault: ['k', at(4, '3', 'k')], rows: 1 },
  {
    check: 'allOrNone',
    given: 'columns: [a, b]',
    sound: ['nullif(k, 4)', 'nullif(k, 4)'],
    fault: ['nullif(k, 4)', 'nullif(k, 5)'],
    rows: 2,
  },
  {
    check: 'atLeastOne',
    given: 'columns: [a, b]',
    sound: ['nullif(k, 4)', 'nullif(k, 5)'],
    fault: ['nullif(k, 4)', 'nullif(k, 4)'],
    rows: 1,
  },
  {
    check: 'exactlyOne',
    given: 'columns: [a, b]',
    sound: ['CASE WHEN k < 9 THEN k END', 'CASE WHEN k >= 9 THEN k END'],
    fault: ['CASE WHEN k < 9 THEN k END', 'CASE WHEN k >= 7 THEN k END'],
    rows: 2,
  },
  {
    check: 'sumOf',
    given: 'columns: [a, b], equals: c',
    sound: ['k / 10', '0.2', '(k + 2) / 10'],
    fault: ['k / 10', '0.2', at(4, '0.7', '(k + 2) / 10')],
    rows: 1,
  },
  {
    check: 'requiredWhen',
    given: 'column: a, when: b, is: [paid]',
    sound: ['CASE WHEN k < 9 THEN k END', `CASE WHEN k < 9 THEN 'paid' ELSE 'open' END`],
    fault: ['CASE WHEN k < 8 THEN k END', `CASE WHEN k < 9 THEN 'paid' ELSE 'open' END`],
    rows: 1,
  },
  { check: 'condition', given: `sql: 'a < 2 * b OR a = 0 -- a note'`, sound: ['k', 'k'], fault: ['k', at(4, '1', 'k')], rows: 1 },
  { check: 'determines', given: 'columns: [a], column: b', sound: ['k % 4', '2 * (k % 4)'], fault: ['k % 4', at(4, '7', '2 * (k % 4)')] },
  { check: 'rowsInGroup', given: 'columns: [a], min: 5, max: 5', sound: ['k % 4'], fault: [at(4, '1', 'k % 4')] },
  { check: 'distinctTogether', given: 'columns: [a, b]', limit: 'mustBe: 20', sound: ['k % 4', 'k % 5'], fault: ['k % 4', 'k % 2'] },
  {
    check: 'shareOfLargestGroup',
    given: 'columns: [a, b]',
    limit: 'mustBeLessThan: 10',
    sound: ['k % 4', 'k % 5'],
    fault: ['k % 4', 'k % 2'],
  },
  { check: 'ratioOfSums', given: 'numerator: a, denominator: b', limit: 'mustBe: 0.5', sound: ['k', '2 * k'], fault: ['k', '2 * k + 1'] },
];

const letters = ['a', 'b', 'c'];

function contract(): string {
  const limitOf = (one: Pick<Case, 'limit'>): string => (one.limit === undefined ? '' : `, ${one.limit}`);
  const rule = (one: Pick<Case, 'check' | 'given' | 'limit'>, given: string): string =>
    `{ id: own, type: custom, engine: tidegate, implementation: { check: ${one.check}${given === '' ? '' : `, ${given}`}${limitOf(one)} } }`;
  const columns = ofColumns.map(
    (one, index) => `      - { name: v${index}, logicalType: ${one.type}, quality: [${rule(one, one.given ?? '')}] }`,
  );
  const more = ofObject.flatMap(({ sound }, index) => sound.map((_, place) => `      - { name: ${letters[place] ?? ''}${index} }`));
  const rules = ofObject.map((one, index) => {
    const given = (one.given ?? '').replaceAll(/\b([abc])\b(?!')/g, (letter) => `${letter}${index}`);
    return `      - ${rule(one, one.check === 'condition' ? `sql: 'a${index} < 2 * b${index} OR a${index} = 0 -- a note'` : given).replace('id: own', `id: o${index}`)}`;
  });
  return [
    'apiVersion: v3.1.0\nkind: DataContract\nid: t\nversion: 1.0.0\nstatus: active\nschema:\n  - name: t\n    quality:',
    ...rules,
    '    properties:\n      - { name: k, logicalType: integer, required: true, unique: true }\n      - { name: g, logicalType: integer }',
    ...columns,
    ...more,
    '',
  ].join('\n');
}

async function results(dataset: TestDataset, which: 'sound' | 'fault'): Promise<readonly CheckResult[]> {
  const cells = [
    'k',
    'k % 2 AS g',
    ...ofColumns.map((one, index) => `${one[which]} AS v${index}`),
    ...ofObject.flatMap((one, index) => one[which].map((sql, place) => `${sql} AS ${letters[place] ?? ''}${index}`)),
  ];
  await dataset.writeParquet('t.parquet', `SELECT ${cells.join(', ')} FROM range(1, 21) AS t(k)`);
  return (await dataset.run({ contract: contract() })).version.checks;
}

test('each check of the catalogue passes sound rows, and alone finds the fault that it is there for', async () => {
  await using dataset = await testDataset();
  const sound = await results(dataset, 'sound');
  assert.deepEqual(
    sound.filter(({ verdict }) => verdict !== 'pass').map(({ name, promise, measured }) => [name, promise, measured]),
    [],
  );

  const checks = await results(dataset, 'fault');
  const failed = new Map(checks.filter(({ verdict }) => verdict !== 'pass').map((check) => [check.name, check]));
  const wanted = [
    ...ofObject.map((one, index) => ({ ...one, name: `o${index}` })),
    ...ofColumns.map((one, index) => ({ ...one, name: `v${index}.own` })),
  ];
  assert.deepEqual([...failed.keys()].toSorted(), wanted.map(({ name }) => name).toSorted());
  for (const { name, check, rows } of wanted) {
    const found = failed.get(name);
    assert.equal(found?.verdict, 'fail', check);
    assert.equal(found.failingRows, rows ?? 0, check);
    assert.equal(found.examples.length, rows === undefined || check === 'condition' ? found.examples.length : Math.min(rows, 5), check);
  }
});

const head = 'apiVersion: v3.1.0\nkind: DataContract\nid: t\nversion: 1.0.0\nstatus: active\nschema:\n  - name: t\n';

function own(check: string, more = ''): string {
  return `{ id: ${check}, type: custom, engine: tidegate, implementation: { check: ${check}${more} } }`;
}

async function notPassed(dataset: TestDataset, contract: string): Promise<readonly string[]> {
  const { version } = await dataset.run({ contract: head + contract });
  return version.checks
    .filter(({ verdict, severity }) => verdict !== 'pass' && severity === 'error')
    .map(({ name, verdict, promise, measured }) => `${name}: ${verdict}, ${promise}, ${JSON.stringify(measured)}`);
}

test('whole rows that repeat, with nulls in them, and columns that are others than promised', async () => {
  await using dataset = await testDataset();
  const contract = [
    `    quality:\n      - ${own('duplicateRows')}\n      - ${own('columnCount', ', mustBe: 2')}\n`,
    '      - { id: order, type: custom, engine: tidegate, implementation: { check: columnsAre, columns: [a, b], inOrder: true } }\n',
  ].join('');
  await dataset.writeParquet('t.parquet', `SELECT * FROM (VALUES (1, 'x'), (2, NULL), (3, NULL)) AS t(a, b)`);
  assert.deepEqual(await notPassed(dataset, contract), []);

  await dataset.writeParquet('t.parquet', `SELECT * FROM (VALUES ('x', 1, 0), (NULL, 2, 0), (NULL, 2, 0)) AS t(b, a, c)`);
  assert.deepEqual(await notPassed(dataset, contract), [
    'duplicateRows: fail, the number of rows that repeat another in every column is exactly 0, 1',
    'columnCount: fail, the number of columns is exactly 2, 3',
    'order: fail, the columns are a, b in this order, false',
  ]);
});

test('what cannot be measured is no pass: a column of another type, one that is missing, no values, numbers out of range', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet(
    't.parquet',
    `SELECT 'x' AS s, NULL::DOUBLE AS n, 1.7e308 AS h, CASE WHEN k < 4 THEN 1.7e308 ELSE -1.7e308 END AS d FROM range(9) AS t(k)`,
  );
  const contract = [
    '    quality: [{ id: both, type: custom, engine: tidegate, implementation: { check: allOrNone, columns: [s, gone] } }]\n    properties:\n',
    `      - { name: s, quality: [${own('positive')}] }\n      - { name: n, quality: [${own('mean', ', mustBeGreaterThan: 0')}] }\n`,
    `      - { name: h, quality: [${own('sum', ', mustBeGreaterThan: 0')}, ${own('greatest', ', mustBe: 1')}] }\n`,
    `      - { name: d, quality: [${own('standardDeviation', ', mustBe: 0')}] }\n`,
    '      - { name: gone }\n',
  ].join('');

  assert.deepEqual(await notPassed(dataset, contract), [
    's.positive: fail, s: positive, false',
    'n.mean: inconclusive, the mean of n is more than 0, null',
    'h.sum: inconclusive, the sum of h is more than 0, null',
    'h.greatest: fail, the largest value of h is exactly 1, 1.7e+308',
    'd.standardDeviation: inconclusive, the standard deviation of d is exactly 0, null',
    'gone.present: fail, gone is there, false',
    'both: fail, allOrNone, false',
  ]);
});

test('a tolerance in percent, a warning, and a personal column whose numbers are not told', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('t.parquet', `SELECT k % 10 AS n, 1000 + k AS pay FROM range(50) AS t(k)`);
  const { version } = await dataset.run({
    contract: `${head}    properties:
      - name: n
        quality:
          - { id: few, type: custom, engine: tidegate, implementation: { check: positive, mustBeLessOrEqualTo: 10, unit: percent } }
          - { id: fewer, type: custom, engine: tidegate, severity: warning, implementation: { check: positive, mustBeLessThan: 10, unit: percent } }
      - name: pay
        customProperties: [{ property: tidegate.personal, value: true }]
        quality: [{ id: high, type: custom, engine: tidegate, implementation: { check: greatest, mustBeLessThan: 1040 } }]
`,
  });

  assert.deepEqual(
    version.checks
      .filter(({ name }) => /few|high/.test(name))
      .map(({ name, verdict, severity, measured }) => [name, verdict, severity, measured]),
    [
      ['n.few', 'pass', 'error', 5],
      ['n.fewer', 'fail', 'warning', 5],
      ['pay.high', 'fail', 'error', null],
    ],
  );
  assert.doesNotMatch(JSON.stringify(version), /1049/);
});

test('the catalogue has what it names, and at least sixty checks with those of the standard', () => {
  const names = Object.keys(checkSignatures);
  assert.deepEqual([...builtChecks, ...judgedChecks].toSorted(), names.toSorted());
  const tested = new Set([...ofColumns, ...ofObject].map(({ check }) => check));
  const elsewhere = ['duplicateRows', 'columnCount', 'columnsAre', ...judgedChecks]; // the last in data/further/further-catalogue.slow.test.ts
  assert.deepEqual(names.filter((name) => !tested.has(name)).toSorted(), elsewhere.toSorted());
  assert.ok(names.length >= 60);
  const page = readFileSync(join(import.meta.dirname, '../../../../../../docs/reference/checks.md'), 'utf8');
  assert.deepEqual(
    names.filter((name) => !page.includes(`\`${name}\``)),
    [],
  );
});
