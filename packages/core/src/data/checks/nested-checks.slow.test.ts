import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDataset } from '../test-dataset.ts';

const contract = (personal = ''): string => `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - { name: id, logicalType: integer, primaryKey: true }
      - name: buyer
        logicalType: object
        properties:
          - { name: age, logicalType: integer, required: true, logicalTypeOptions: { minimum: 18 } }
          - { name: mail, logicalType: string${personal}, unique: true, logicalTypeOptions: { format: email } }
          - { name: gone, logicalType: string }
      - name: tags
        logicalType: array
        items: { logicalType: string, logicalTypeOptions: { maxLength: 3 } }
      - name: lines
        logicalType: array
        items:
          logicalType: object
          properties:
            - { name: price, logicalType: number, required: true, logicalTypeOptions: { minimum: 0 } }
            - { name: code, logicalType: integer }
            - name: marks
              logicalType: array
              items: { logicalType: integer, quality: [{ metric: invalidValues, arguments: { validValues: [1, 2] }, mustBe: 0 }, { metric: duplicateValues, mustBe: 0 }] }
`;

const rows = `SELECT * FROM (VALUES
  (1, {age: 20, mail: 'a@b.c', other: 1}, ['a', 'abc'], [{price: 1.5, code: 'x', marks: [1, 2]}]),
  (2, {age: 17, mail: 'ab', other: 1}, ['abcd', NULL], [{price: 1.0, code: 'x', marks: [1]}, {price: -1.0, code: 'x', marks: NULL}]),
  (3, {age: NULL, mail: 'a@b.c', other: 1}, NULL, [{price: NULL, code: 'x', marks: [3]}]),
  (4, NULL, [], NULL)) v(id, buyer, tags, lines)`;

async function found(text: string): Promise<readonly string[]> {
  await using dataset = await testDataset();
  await dataset.writeParquet('t.parquet', rows);
  const { result } = await dataset.run({ contract: text });
  return result.evidence.flatMap(({ name, verdict, reason, blocking }) =>
    verdict === 'pass' ? [] : [`${name} ${verdict}${blocking ? '' : ', not blocking'}: ${reason}`],
  );
}

test('members of objects and items of lists are judged where they are there', async () => {
  assert.deepEqual(await found(contract()), [
    'buyer.age.required fail: buyer.age is never null: 1 of 4 rows is',
    'buyer.age.minimum fail: buyer.age is at least 18: 1 of 4 rows is below, smallest 17',
    'buyer.mail.unique fail: buyer.mail is unique: 1 of 4 rows repeats another',
    'buyer.mail.format fail: buyer.mail is of the format email: 1 of 4 rows is not, for instance "ab"',
    'buyer.gone.present fail: buyer.gone is there: it is not, so that nothing else of it was measured',
    'buyer.other.declared fail, not blocking: buyer.other is in the data contract: it is not; the data has it as integer (INTEGER)',
    'tags.items.max_length fail: tags.items has at most 3 characters: 1 of 4 rows has an item that breaks it, for instance "[abcd, NULL]"',
    `lines.items.price.required fail: lines.items.price is never null: 1 of 4 rows has an item that breaks it, for instance "[{'price': NULL, 'code': x, 'marks': [3]}]"`,
    `lines.items.price.minimum fail: lines.items.price is at least 0: 1 of 4 rows has an item that breaks it, for instance "[{'price': 1.0, 'code': x, 'marks': [1]}, {'price': -1.0, 'code': x, 'marks': NULL}]"`,
    'lines.items.code.type fail: lines.items.code is a whole number: it is string (VARCHAR)',
    `lines.items.marks.items.valid_values fail: lines.items.marks.items is one of 1, 2: 1 of 4 rows has an item that breaks it, for instance "[{'price': NULL, 'code': x, 'marks': [3]}]"`,
    'lines.items.marks.items.duplicate_values fail: lines.items.marks.items is unique: 1 of 4 items repeats another',
  ]);
});

test('JSON is judged by what each value is, without telling which members there are', async () => {
  await using dataset = await testDataset();
  const lines = [
    { id: 1, buyer: { age: 20, mail: 'a@b.c', gone: 'x' }, tags: ['a', 'abc'], lines: [{ price: 1.5, code: 7, marks: [1, 2] }] },
    {
      id: 2,
      buyer: { age: 17, mail: 5, gone: 'x' },
      tags: ['abcd', null],
      lines: [
        { price: 1, code: 1.5, marks: [1] },
        { price: -1, marks: null },
      ],
    },
    { id: 3, buyer: { age: '20', mail: 'ab', gone: null }, tags: [], lines: [{ price: null, marks: [3] }] },
    { id: 4, buyer: 'nobody', tags: null, lines: [{ marks: ['1'] }] },
  ];
  await dataset.write('t.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { result } = await dataset.run({ contract: contract() });
  const told = result.evidence.flatMap(({ name, verdict, reason }) =>
    verdict === 'fail' ? [`${name}: ${reason.replace(/^.*?: /, '').replace(/, for instance "[[{].*$/, '')}`] : [],
  );

  assert.deepEqual(told, [
    'buyer.type: 1 of 4 rows is not, for instance "\\"nobody\\""',
    'buyer.age.type: 1 of 4 rows is not, for instance "\\"20\\""',
    'buyer.age.minimum: 1 of 4 rows is below, smallest 17',
    'buyer.mail.type: 1 of 4 rows is not, for instance "5"',
    'buyer.mail.format: 2 of 4 rows are not, for instance "5"',
    'tags.items.max_length: 1 of 4 rows has an item that breaks it',
    'lines.items.price.required: 2 of 4 rows have an item that breaks it',
    'lines.items.price.minimum: 1 of 4 rows has an item that breaks it',
    'lines.items.code.type: 1 of 4 rows has an item that breaks it',
    'lines.items.marks.items.type: 1 of 4 rows has an item that breaks it',
    'lines.items.marks.items.valid_values: 2 of 4 rows have an item that breaks it',
    'lines.items.marks.items.duplicate_values: 1 of 5 items repeats another',
  ]);
});

test('what is said of all values together is said of all items of all rows', async () => {
  const rule = (check: string): string => `{ type: custom, engine: tidegate, implementation: { ${check} } }`;
  const ofItems = (...rules: readonly string[]): string => `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - { name: id, logicalType: integer }
      - name: marks
        logicalType: array
        items: { logicalType: integer, quality: [${rules.join(', ')}] }
      - name: lines
        logicalType: array
        items: { logicalType: object, properties: [{ name: code, logicalType: string, unique: true }] }
`;
  await using dataset = await testDataset();
  await dataset.writeParquet(
    't.parquet',
    `SELECT * FROM (VALUES (1, [1, 2, 2], [{code: 'a'}, {code: NULL}]), (2, [5], [{code: 'b'}, {code: NULL}]), (3, NULL, NULL), (4, [], [{code: 'c'}])) v(id, marks, lines)`,
  );
  const told = async (...rules: readonly string[]): Promise<readonly string[]> =>
    (await dataset.run({ contract: ofItems(...rules) })).result.evidence.flatMap(({ name, verdict, reason }) =>
      /^(marks.items|lines.items.code.unique)/.test(name) && !name.endsWith('type') ? [`${name} ${verdict}: ${reason}`] : [],
    );

  assert.deepEqual(
    await told(
      '{ metric: duplicateValues, unit: percent, mustBeLessOrEqualTo: 25 }',
      '{ id: few, metric: duplicateValues, unit: percent, mustBeLessThan: 25 }',
      rule('check: mean, mustBeBetween: [2, 3]'),
      rule('check: sum, mustBe: 11'),
      rule('check: distinctCount, mustBe: 3'),
      rule('check: increasing, orderBy: id'),
    ),
    [
      'marks.items.present pass: marks.items is there: it is',
      'marks.items.duplicate_values pass: the duplicates of marks.items are at most 25 percent of items: 1 of 4 items repeats another (25 percent)',
      'marks.items.few fail: the duplicates of marks.items are less than 25 percent of items: 1 of 4 items repeats another (25 percent)',
      'marks.items.mean pass: the mean of marks.items is between 2 and 3, both excluded: it is 2.5',
      'marks.items.sum fail: the sum of marks.items is exactly 11: it is 10',
      'marks.items.distinct_count pass: the number of different values of marks.items is exactly 3: it is 3',
      'marks.items.increasing inconclusive: marks.items never falls in the order of id: not measured, items of lists have no order and are in no groups',
      'lines.items.code.unique pass: lines.items.code is unique: 0 of 5 items repeat another',
    ],
  );
});

test('where a member is personal nothing of its column is shown', async () => {
  const told = await found(contract(', customProperties: [{ property: tidegate.personal, value: true }]'));

  assert.ok(told.includes('buyer.mail.format fail: buyer.mail is of the format email: 1 of 4 rows is not'), told.join('\n'));
  assert.ok(told.includes('buyer.age.minimum fail: buyer.age is at least 18: 1 of 4 rows is below'), told.join('\n'));
});

test('a rule that goes by columns is refused within an object, and so is a pattern that the engine cannot use', async () => {
  const drift = contract(', customProperties: [{ property: tidegate.drift, value: { atMost: 0.1 } }]');
  await assert.rejects(found(drift), /Cannot measure "distanceFrom" within an object or a list/);
  await assert.rejects(
    found(contract().replace('maxLength: 3', "pattern: '(?=a)'")),
    /Cannot use the pattern of "tags.items": invalid perl operator/,
  );
});
