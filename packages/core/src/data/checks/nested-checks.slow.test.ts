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
    'lines.items.marks.items.duplicate_values inconclusive, not blocking: lines.items.marks.items is unique: not measured, it is of all values together, and of items only single values are judged',
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
  ]);
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
