import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { shape } from '@tidegate/formats';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parseYaml } from '../../config/index.ts';
import { readdir, readFile } from '../../platform/index.ts';
import { knownAtOf } from './data-contract.ts';
import { lintContract } from './lint/lint-contract.ts';
import { parseContract } from './parse-contract.ts';
import { standardSchemas } from './standard/standard-mistakes.ts';

const fixtures = fileURLToPath(new URL('../../../fixtures/odcs', import.meta.url));
const head = 'apiVersion: v3.1.0\nkind: DataContract\nid: t\nversion: 1.0.0\nstatus: active\n';

/** A contract of the dataset `t` with these properties, each an indented line. */
function withProperties(...properties: readonly string[]): string {
  return `${head}schema:\n  - name: t\n    properties:\n${properties.map((line) => `      - ${line}\n`).join('')}`;
}

function mistakes(text: string): readonly string[] {
  const parsed = parseContract({ file: 'c.yaml', text, dataset: 't' });
  if (parsed.ok) return [];
  return parsed.failure.map(({ code, message, hint, place }) =>
    [`${place?.line}:${place?.column}`, code, message, ...(hint === null ? [] : [hint])].join(' | '),
  );
}

function isValidOdcs(text: string): string {
  const validate = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(standardSchemas['v3.1.0']);
  const document = parseYaml('c.yaml', text, shape.anything());
  if (!document.ok) return JSON.stringify(document.failure);
  return validate(document.value) ? 'valid' : JSON.stringify(validate.errors);
}

test('names that two things have are refused wherever a data contract is read', () => {
  const text = `${head}schema:
  - name: t
    properties:
      - name: a
        logicalType: object
        properties: [{ name: x }, { name: x }]
      - { name: b, quality: [{ id: r, metric: nullValues, mustBe: 0 }, { id: r, metric: nullValues, mustBeLessThan: 9 }] }
  - { name: other }
  - { name: other }
`;

  assert.deepEqual(mistakes(text), [
    '11:43 | TG-DATA-CONTRACT-VALUE | Cannot tell which is meant by "x": a property before has the same name | Name one of the two otherwise',
    '12:78 | TG-DATA-CONTRACT-VALUE | Cannot tell which is meant by "r": a rule before has the same id | Name one of the two otherwise',
    '14:13 | TG-DATA-CONTRACT-VALUE | Cannot tell which is meant by "other": an object before has the same name | Name one of the two otherwise',
  ]);
});

test('all examples of the standard are read without a mistake', async () => {
  for (const file of (await readdir(fixtures)).filter((name) => name.endsWith('.odcs.yaml')))
    assert.deepEqual(lintContract({ file, text: await readFile(join(fixtures, file), 'utf8') }).mistakes, [], file);
});

test('every mistake is reported with its place, the nearest name beside it', () => {
  const text = withProperties(
    '{ name: a, logicalTyp: string }',
    '{ name: b, logicalType: strng }',
    '{ name: c, logicalType: integer, quality: [{ metric: nullValue, mustBe: 0 }] }',
    '{ name: d, quality: [{ metric: rowCount, mustBe: 0 }] }',
  );

  assert.deepEqual(mistakes(text), [
    '9:20 | TG-CONFIG-UNKNOWN-NAME | Unknown name "logicalTyp" | Did you mean "logicalType"?',
    '10:33 | TG-CONFIG-INVALID | "schema.0.properties.1.logicalType" must be one of "string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean": found the text "strng" | Did you mean "string"?',
    '11:62 | TG-CONFIG-INVALID | "schema.0.properties.2.quality.0.metric" must be one of "nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount": found the text "nullValue" | Did you mean "nullValues"?',
  ]);
  assert.deepEqual(mistakes(text.replace('logicalTyp:', 'logicalType:').replace('strng', 'string')), [
    '11:62 | TG-DATA-CONTRACT-METRIC | Cannot measure "nullValue": the standard has no such metric | Did you mean "nullValues"?',
    '12:40 | TG-DATA-CONTRACT-METRIC | Cannot measure "rowCount": it is no metric of a property | Metrics here: nullValues, missingValues, invalidValues, duplicateValues; anything else can be "type: sql"',
  ]);
});

const wrong: readonly (readonly [string, string])[] = [
  ['{ name: a, quality: [{ metric: nullValues }] }', 'Cannot judge the rule: it says nothing of what the number must be'],
  ['{ name: a, quality: [{ metric: nullValues, mustBe: 1, mustNotBe: 2 }] }', 'Cannot judge the rule: it has "mustBe" and "mustNotBe"'],
  ['{ name: a, quality: [{ metric: nullValues, mustBe: few }] }', 'Cannot use "mustBe": it must be a number, found the text "few"'],
  [
    '{ name: a, quality: [{ metric: nullValues, mustBeBetween: [2, 1] }] }',
    'Cannot use "mustBeBetween": the smaller number comes first, found 2 and 1',
  ],
  [
    '{ name: a, quality: [{ metric: nullValues, mustBe: 1, unit: share }] }',
    'Cannot use the unit "share": a number is of rows or in percent of rows',
  ],
  ['{ name: a, quality: [{ metric: invalidValues, mustBe: 0 }] }', 'Cannot measure "invalidValues": nothing says what is valid'],
  [
    '{ name: a, quality: [{ metric: invalidValues, arguments: { validValue: [1] }, mustBe: 0 }] }',
    'Cannot use "validValue": "invalidValues" has no such argument',
  ],
  ['{ name: a, quality: [{ type: sql, mustBe: 0 }] }', 'Cannot measure the rule: it has no "query"'],
  ['{ name: a, quality: [{ dimension: accuracy, mustBe: 0 }] }', 'Cannot measure the rule: it has no "metric"'],
  [
    '{ name: a, logicalType: integer, logicalTypeOptions: { minimum: low } }',
    '"schema.0.properties.0.logicalTypeOptions.minimum" must be a number: found the text "low"',
  ],
  ['{ name: a, logicalType: string, logicalTypeOptions: { maxLenth: 3 } }', 'Unknown name "maxLenth"'],
  [
    '{ name: a, logicalType: date, logicalTypeOptions: { minimum: yesterday } }',
    '"schema.0.properties.0.logicalTypeOptions.minimum" must be a date such as "2013-01-31": found the text "yesterday"',
  ],
  ['{ name: a, logicalTypeOptions: { minimum: 1 } }', 'Cannot use "logicalTypeOptions": the property has no "logicalType"'],
  [
    '{ name: a, customProperties: [{ property: tidegate.knownAt, value: b }] }',
    'Cannot use "tidegate.knownAt": the data contract has no column "b"',
  ],
  [
    '{ name: a, customProperties: [{ property: tidegate.knowAt, value: a }] }',
    'Cannot use "tidegate.knowAt": Tidegate has no such property of a column',
  ],
  [
    '{ name: a, customProperties: [{ property: tidegate.personal, value: 1 }] }',
    'Cannot use "tidegate.personal": it must be true or false, found the number 1',
  ],
];

for (const [property, message] of wrong)
  test(`a rule is refused: ${message}`, () => {
    const parsed = parseContract({ file: 'c.yaml', text: withProperties(property), dataset: 't' });

    assert.deepEqual(parsed.ok ? [] : parsed.failure.map((diagnostic) => diagnostic.message), [message]);
    assert.equal(parsed.ok ? null : parsed.failure[0]?.place?.line, 9);
  });

test("Tidegate's own checks are valid by the standard, and their mistakes have a place and a way out", async () => {
  const rule = (implementation: string, more = ''): string => `{ type: custom, engine: tidegate${implementation}${more} }`;
  const check = (given: string, more = ''): string => rule(`, implementation: { ${given} }`, more);
  const sound = withProperties(
    `{ name: s, quality: [${check('check: lengthBetween, min: 2')}, ${check('check: distinctCount, mustBe: 3')}] }`,
    `{ name: n, quality: [${check('check: increasing, orderBy: s, mustBeLessThan: 1, unit: percent')}] }`,
  );
  assert.deepEqual(mistakes(sound), []);
  assert.equal(isValidOdcs(sound), 'valid');

  const wrong = [
    rule(''),
    check('check: notBlnak'),
    check('check: compare'),
    check('check: lengthBetween'),
    check('check: lengthBetween, min: few'),
    check('check: lengthBetween, minimum: 2'),
    check('check: mean'),
    check('check: increasing, orderBy: tt'),
    check('check: noGapLongerThan, gap: soon'),
    check('check: notInSet, values: [[1]]'),
    check('min: 2'),
    check('check: mean, mustBe: 2, unit: percent'),
    check('check: positive, unit: percent'),
    check('check: positive', ', mustBe: 2'),
  ];
  const found = mistakes(withProperties(...wrong.map((one, index) => `{ name: t${index}, quality: [${one}] }`)));

  assert.deepEqual(found, [
    '9:31 | TG-DATA-CONTRACT-VALUE | Cannot measure the rule: nothing says which check it is | Write "implementation: { check: notBlank }"',
    '10:90 | TG-DATA-CONTRACT-VALUE | Cannot measure "notBlnak": Tidegate has no such check | Did you mean "notBlank"?',
    '11:90 | TG-DATA-CONTRACT-VALUE | Cannot measure "compare": it is no check of a property | Write it under the "quality" of the object',
    '12:65 | TG-DATA-CONTRACT-VALUE | Cannot measure the check: it says no "min" and no "max" | Add "min:"',
    '13:110 | TG-DATA-CONTRACT-VALUE | "schema.0.properties.4.quality.0.implementation.min" must be a whole number: found the text "few"',
    '14:114 | TG-DATA-CONTRACT-VALUE | Unknown name "minimum" | Valid names: check, min, max',
    '15:65 | TG-DATA-CONTRACT-VALUE | Cannot judge the rule: it says nothing of what the number must be | Add one of: mustBe, mustNotBe, mustBeGreaterThan, mustBeGreaterOrEqualTo, mustBeLessThan, mustBeLessOrEqualTo, mustBeBetween, mustNotBeBetween',
    '16:111 | TG-DATA-CONTRACT-VALUE | The data contract has no property "tt" | Did you mean "t0"?',
    '17:112 | TG-DATA-CONTRACT-VALUE | It must be a duration such as "90s", "1h" or "30d": found "soon"',
    '18:109 | TG-DATA-CONTRACT-VALUE | It must be a text, a number, true, false or null: found a list',
    '19:66 | TG-DATA-CONTRACT-VALUE | Cannot measure the rule: "implementation" has no "check" with the name of one | The checks and their arguments are in docs/reference/checks.md',
    '20:114 | TG-DATA-CONTRACT-VALUE | Cannot use "unit": the check measures the column, not rows | Delete it',
    '21:107 | TG-DATA-CONTRACT-VALUE | Cannot use "unit": there is no limit that it could belong to | Delete it',
    '22:111 | TG-DATA-CONTRACT-VALUE | Cannot use "mustBe" here: the standard has it for metrics and queries only | Write it into "implementation", beside "check: positive"',
  ]);
});

test('a column cannot be promised twice', () => {
  assert.deepEqual(mistakes(withProperties('{ name: a }', '{ name: b, physicalName: a }')), [
    '10:17 | TG-DATA-CONTRACT-VALUE | Cannot promise anything of "a": it is there twice | Delete one of the two',
  ]);
});

test('of several objects the one of the dataset counts', () => {
  const text = `${head}schema:\n  - name: s\n  - name: u\n    physicalName: t\n    properties: [{ name: a }]\n`;
  const parsed = parseContract({ file: 'c.yaml', text, dataset: 't' });

  assert.deepEqual(parsed.ok && parsed.value.columns.map(({ name }) => name), ['a']);
  assert.match(
    mistakes(text.replace('physicalName: t', 'physicalName: v'))[0] ?? '',
    /TG-DATA-CONTRACT-OBJECT \| Cannot find the dataset "t" in its data contract: it describes "s", "u"/,
  );
});

test('properties of other tools are passed over, and those of Tidegate read', () => {
  const text = `${head}schema:
  - name: t
    customProperties: [{ property: tidegate.time, value: at }, { property: other.tool, value: { any: thing } }]
    properties:
      - { name: at, logicalType: timestamp }
      - { name: delay, customProperties: [{ property: tidegate.knownAt, value: at }] }
      - { name: who, customProperties: [{ property: tidegate.personal, value: true }] }
`;
  const parsed = parseContract({ file: 'c.yaml', text, dataset: 't' });

  assert.ok(parsed.ok);
  assert.equal(parsed.value.time, 'at');
  assert.deepEqual([...knownAtOf(parsed.value)], [['delay', 'at']]);
  assert.deepEqual(
    parsed.value.columns.map(({ personal }) => personal),
    [false, false, true],
  );
});

test('what the standard itself refuses, Tidegate refuses', async () => {
  const texts = [
    '{ name: a, logicalTyp: string }',
    '{ name: a, quality: [{ metric: nullValues }] }',
    '{ name: a, quality: [{ metric: count, mustBe: 0 }] }',
  ].map((line) => withProperties(line));

  for (const text of texts) {
    assert.notEqual(isValidOdcs(text), 'valid', text);
    assert.notDeepEqual(mistakes(text), [], text);
  }
});
