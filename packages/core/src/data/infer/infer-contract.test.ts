import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shape } from '@tidegate/formats';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parseYaml } from '../../config/index.ts';
import { standardSchemas } from '../contract/standard/standard-mistakes.ts';
import { testDataset } from '../test-dataset.ts';
import { columnOf, inferenceIn, inferenceOf, limitOf } from './test-infer.ts';

function isValidOdcs(text: string): string {
  const document = parseYaml('c.yaml', text, shape.anything());
  if (!document.ok) return JSON.stringify(document.failure);
  const validate = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(standardSchemas['v3.1.0']);
  return validate(document.value) ? 'valid' : JSON.stringify(validate.errors);
}

const flights = `
  SELECT i AS id, ['AA', 'DL'][1 + i % 2] AS carrier, CASE WHEN i % 7 = 0 THEN NULL ELSE -20.5 + hash(i) % 1000 END AS delay,
         1 + i % 12 AS month, 100 + hash(i * 3) % 500 AS distance, TIMESTAMP '2013-01-01 00:00:00' + to_hours(i) AS at,
         'N' || lpad(CAST(i AS VARCHAR), 4, '0') AS tail, i % 2 = 0 AS flag, ['9E', 'yes: "no"', 'null'][1 + i % 3] AS "odd: name",
         'about ' || i || ' and more' AS note, TIMESTAMP '2013-01-01 00:00:00' + to_hours(i) + to_minutes((30 + hash(i) % 90)::BIGINT) AS landed
  FROM range(1000) t(i)`;

test('an inferred data contract is valid by the standard, is read back, and its data keeps it', async () => {
  const { text } = await inferenceOf(flights);

  assert.equal(isValidOdcs(text), 'valid');
  await using dataset = await testDataset();
  await dataset.writeParquet('t.parquet', flights);
  const { result, version } = await dataset.run({ contract: text });
  assert.deepEqual(
    result.evidence.filter(({ verdict }) => verdict !== 'pass'),
    [],
  );
  assert.ok(version.checks.length > 40, `${version.checks.length} checks`);
});

test('limits, classes, forms, a key, an order and the event time are found', async () => {
  const found = await inferenceOf(flights, { time: 'at' });

  assert.deepEqual(limitOf(found, 'carrier', 'invalidValues'), {
    metric: 'invalidValues',
    arguments: { validValues: ['AA', 'DL'] },
    mustBe: 0,
  });
  assert.equal(limitOf(found, 'tail', 'pattern'), '^[0-9A-Z]{5}$');
  assert.equal(limitOf(found, 'delay', 'required'), undefined);
  assert.equal(limitOf(found, 'distance', 'required'), true);
  assert.equal(limitOf(found, 'month', 'minimum'), 0);
  assert.ok(Number(limitOf(found, 'month', 'maximum')) >= 12 && Number(limitOf(found, 'month', 'maximum')) < 20);
  assert.ok(Number(limitOf(found, 'distance', 'maximum')) >= 599 && Number(limitOf(found, 'distance', 'maximum')) < 1000);
  assert.equal(limitOf(found, 'at', 'maximum'), '2023-12-31');
  assert.equal(columnOf(found, 'id').keyPosition, 1);
  assert.equal(limitOf(found, 'id', 'maximum'), undefined);
  assert.deepEqual(
    found.inferred.rules.map(({ name }) => name),
    ['rowCount', 'compare ["at","landed"]'],
  );
});

test('a key of two columns is found where no column is one by itself, and no key where chance explains that rows differ', async () => {
  const of = async (query: string): Promise<readonly string[]> => {
    const { inferred } = await inferenceOf(query);
    return inferred.columns
      .filter(({ keyPosition }) => keyPosition > 0)
      .toSorted((a, b) => a.keyPosition - b.keyPosition)
      .map(({ column }) => column.name);
  };

  assert.deepEqual(await of('SELECT i // 20 AS chick, i % 20 AS day, hash(i) % 100 AS weight FROM range(400) t(i)'), ['chick', 'day']);
  assert.deepEqual(await of('SELECT hash(i) % 1000000 AS a, hash(i + 7) % 1000 AS b, random() AS c FROM range(100) t(i)'), []);
  assert.deepEqual(await of('SELECT hash(i) % 1000000000 AS customer_id FROM range(100) t(i)'), ['customer_id']);
});

test('values may be missing about as often as now, and most of the numbers stay where most of them were', async () => {
  const rows = (count: number, factor: number): string =>
    `SELECT i AS id, CASE WHEN i % 10 = 0 THEN NULL ELSE ${factor} * (100 + hash(i) % 100) END AS n, hash(i + 7) % 8 AS few FROM range(${count}) t(i)`;
  const found = await inferenceOf(rows(80, 1));
  const large = await inferenceOf(rows(5000, 1));

  const shareOf = (inference: typeof found): unknown => limitOf(inference, 'n', 'nullValues');
  assert.deepEqual(
    [shareOf(found), shareOf(large)],
    [
      { metric: 'nullValues', mustBeLessOrEqualTo: 34, unit: 'percent' },
      { metric: 'nullValues', mustBeLessOrEqualTo: 31, unit: 'percent' },
    ],
  );
  assert.deepEqual(limitOf(large, 'n', 'between'), {
    type: 'custom',
    engine: 'tidegate',
    implementation: { check: 'between', min: 105, max: 195, mustBeLessOrEqualTo: 30, unit: 'percent' },
  });
  assert.equal(limitOf(large, 'few', 'between'), undefined);

  await using dataset = await testDataset();
  const failing = async (query: string): Promise<readonly string[]> => {
    await dataset.writeParquet('t.parquet', query);
    const { version } = await dataset.run({ contract: found.text });
    return version.checks.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
  };
  assert.deepEqual(await failing(rows(80, 1).replaceAll('hash(i', 'hash(i + 1000')), []);
  assert.ok((await failing(rows(80, 2))).includes('n.between'), 'another unit');
  assert.ok((await failing(rows(80, 1).replace('i % 10 = 0', 'i % 2 = 0'))).includes('n.null_values'), 'many more nulls');
});

test('a list that may be missing a class leaves room for others, and one with singletons is no list', async () => {
  const rare = await inferenceOf("SELECT CASE WHEN i < 8 THEN 'c' WHEN i < 30 THEN 'b' ELSE 'a' END AS k FROM range(1000) t(i)");
  const open = await inferenceOf("SELECT CASE WHEN i < 12 THEN 'rare' || i ELSE 'k' || i % 3 END AS k FROM range(200) t(i)");

  assert.deepEqual(limitOf(rare, 'k', 'invalidValues'), {
    metric: 'invalidValues',
    arguments: { validValues: ['a', 'b', 'c'] },
    mustBeLessOrEqualTo: 1,
    unit: 'percent',
  });
  assert.equal(limitOf(open, 'k', 'invalidValues'), undefined);
});

test('columns that look personal are declared so, and no value of them is in the document', async () => {
  const people = `SELECT i AS id, 'user' || i || '@secret.example' AS contact, 'Grace' || i AS first_name, 30 + i % 40 AS age FROM range(300) t(i)`;
  const { text, ...found } = await inferenceOf(people);

  assert.match(columnOf({ text, ...found }, 'contact').personal ?? '', /e-mail/);
  assert.match(columnOf({ text, ...found }, 'first_name').personal ?? '', /name/);
  assert.equal(columnOf({ text, ...found }, 'age').personal, null);
  assert.doesNotMatch(text, /secret|Grace/);
  assert.match(text, /- \{ property: tidegate\.personal, value: true \} # its values look like e-mail addresses: no value of it is shown/);
});

test('what the data contract calls personal is not looked at', async () => {
  const { text } = await inferenceOf("SELECT i AS id, 'code-' || i % 3 AS k, i % 5 AS n FROM range(300) t(i)", { personal: ['k', 'n'] });

  assert.doesNotMatch(text, /code-|maximum: \d/);
});

test('the text of a data contract is the same each time, and says how sure each limit is', async () => {
  const [first, second] = [await inferenceOf(flights), await inferenceOf(flights)];

  assert.equal(first.text, second.text);
  assert.match(
    first.text,
    /# A next version of 1000 rows like these breaks one of the limits that have a chance beside them with [\d.]+ % in all\./,
  );
  assert.match(first.text, /maximum: \d+ # greatest seen: [\d.]+; chance [\d.]+ %/);
  assert.match(first.text, /required: true # none of 1000 rows lacks it: fewer than 1 in 333 does \(95 %\)/);
});

test('a table of CSV files keeps the types that were read from its texts', async () => {
  await using dataset = await testDataset();
  const rows = Array.from({ length: 200 }, (_, row) => `${row},${row % 3},2024-01-0${1 + (row % 9)},0${row % 10}`);
  await dataset.write('t.csv', `id,n,day,code\n${rows.join('\n')}\n`);

  const found = await inferenceIn(dataset);

  assert.deepEqual(
    found.inferred.columns.map(({ column }) => column.type),
    ['integer', 'integer', 'date', found.version.columns[3]?.type],
  );
  assert.equal(found.inferred.time, 'day');
});
