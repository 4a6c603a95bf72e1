import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TidegateError } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import fc from 'fast-check';
import { testDataset, textsOf } from '../test-dataset.ts';
import { isHeldOut, isHeldOutSql } from './row-hash.ts';

test('the rule of the format page: SQL and a row in hand agree on every row', async () => {
  using engine = await openEngine({ threads: 1 });
  const names = fc.constantFrom('a', 'b', 'it"s', 'Z', 'é');
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(names, { minLength: 1 }),
      fc.array(fc.option(fc.string().filter((text) => !text.includes('\0'))), { minLength: 5, maxLength: 5 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (columns, cells, share) => {
        const list = columns.map(
          (name, index) =>
            `${cells[index] === null ? 'NULL' : `'${(cells[index] ?? '').replaceAll("'", "''")}'`}::VARCHAR AS "${name.replaceAll('"', '""')}"`,
        );
        const [row] = await engine.rows(`SELECT ${isHeldOutSql(columns, share)} AS held FROM (SELECT ${list.join(', ')})`);
        const values = new Map(
          columns.flatMap((name, index) =>
            cells[index] === null || cells[index] === undefined ? [] : [[name, cells[index] ?? ''] as const],
          ),
        );

        assert.equal(row?.['held'], isHeldOut(values, share));
      },
    ),
    { numRuns: 100 },
  );
});

test('rows that were held out once stay so for ever', () => {
  const row = (n: number): ReadonlyMap<string, string> => new Map([['n', String(n)]]);
  const found = Array.from({ length: 30 }, (_, n) => n).filter((n) => isHeldOut(row(n), 0.2));

  assert.deepEqual(found, [6, 20, 28]);
});

const csv = (rows: number, from = 0): string =>
  Array.from({ length: rows }, (_, index) => `${from + index},007,"a, ""${index % 3}""",${index % 5 === 0 ? '' : 'x'},1.50\r\n`).join('');

test('a CSV file is split into two with its header and its texts', async () => {
  await using dataset = await testDataset();
  await dataset.write('data/a.csv', `\ufeffn,code,"quoted, name",,last\r\n${csv(200)}`);
  await dataset.write('data/b.csv', `n,code,"quoted, name",,last\r\n${csv(50, 180)}`);

  const { result } = await dataset.run({ holdout: 0.25 });

  const train = await textsOf(dataset.store, result, 'train');
  const test_ = await textsOf(dataset.store, result, 'test');
  assert.deepEqual(Object.keys(train), ['data/a.csv', 'data/b.csv']);
  assert.deepEqual(Object.keys(test_), ['data/a.csv', 'data/b.csv']);
  const [first, ...rows] = (train['data/a.csv'] ?? '').trimEnd().split('\n');
  assert.equal(first, '\ufeffn,code,"quoted, name",,last');
  assert.match(rows[0] ?? '', /^\d+,007,"a, ""\d""",x?,1\.50$/);
  const numbers = (text: string | undefined): readonly number[] =>
    (text ?? '')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[0]));
  const [trained, held] = [numbers(train['data/a.csv']), numbers(test_['data/a.csv'])];
  assert.deepEqual(
    [...trained, ...held].sort((a, b) => a - b),
    Array.from({ length: 200 }, (_, index) => index),
  );
  assert.deepEqual(
    trained,
    trained.toSorted((a, b) => a - b),
  );
  assert.ok(held.length > 25 && held.length < 75, String(held.length));
});

test('equal rows fall on the same side, whatever file they are in', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('a.parquet', 'SELECT i AS n, i % 7 = 0 AS flag, NULL::VARCHAR AS extra FROM range(300) t(i)');
  await dataset.writeParquet('b.parquet', 'SELECT i % 7 = 0 AS flag, i AS n FROM range(299, -1, -1) t(i)');

  const { result } = await dataset.run({ holdout: 0.3 });

  using engine = await openEngine({ threads: 1 });
  const numbers = async (output: string, index: number): Promise<readonly unknown[]> => {
    const { entries } = await dataset.store.readTree(result.outputs[output]?.digest ?? assert.fail());
    const path = await dataset.store.pathOf(entries[index]?.digest ?? assert.fail());
    return (await engine.rows(`SELECT n FROM read_parquet('${path}')`)).map(({ n }) => n);
  };
  const held = await numbers('test', 0);
  assert.deepEqual(await numbers('test', 1), held.toReversed());
  assert.equal((await numbers('train', 0)).length + held.length, 300);
  assert.ok(held.length > 50 && held.length < 130, String(held.length));
});

test('lines of JSON go to one side or the other as they are', async () => {
  await using dataset = await testDataset();
  const lines = Array.from({ length: 60 }, (_, n) => `{ "n": ${n}, "deep": {"b": [1.50, null]} }`);
  await dataset.write('a.jsonl', `${lines.join('\n')}\n\n`);

  const { result } = await dataset.run({ holdout: 0.5 });

  const sides = [await textsOf(dataset.store, result, 'train'), await textsOf(dataset.store, result, 'test')].map((texts) =>
    (texts['a.jsonl'] ?? '').trimEnd().split('\n'),
  );
  assert.deepEqual(sides.flat().toSorted(), lines.toSorted());
  assert.ok(sides.every((side) => side.length > 10));
});

test('a side without any row is refused', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.csv', 'n\n1\n2\n');

  await assert.rejects(dataset.run({ holdout: 0.01 }), (error) => {
    assert.ok(error instanceof TidegateError);
    assert.equal(error.diagnostics[0].message, 'Cannot hold out 0.01 of data.t: all of its 2 rows fall on the training side');
    return error.diagnostics[0].code === 'TG-DATA-HOLDOUT';
  });
});

test('rows split by a column stay together, in files of every format', async () => {
  await using dataset = await testDataset();
  const people = Array.from({ length: 300 }, (_, row) => `${row},p${row % 40}`);
  await dataset.write('data/a.csv', `n,person\n${people.join('\n')}\n`);

  const { result } = await dataset.run({ holdout: 0.3, split: { by: ['person'] } });

  const personsOf = async (side: 'train' | 'test'): Promise<ReadonlySet<string>> =>
    new Set(
      (await textsOf(dataset.store, result, side))['data/a.csv']
        ?.trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[1] ?? ''),
    );
  const [train, held] = [await personsOf('train'), await personsOf('test')];
  assert.equal(train.size + held.size, 40);
  assert.deepEqual(
    [...held].filter((person) => train.has(person)),
    [],
  );
});

test('a column to split by that a file does not have is refused with the nearest', async () => {
  await using dataset = await testDataset();
  await dataset.write('data/a.csv', 'n,person\n1,a\n2,b\n');

  await assert.rejects(dataset.run({ holdout: 0.3, split: { by: ['persn'] } }), (error) => {
    assert.ok(error instanceof TidegateError);
    assert.match(
      `${error.diagnostics[0].message} ${error.diagnostics[0].hint}`,
      /^Cannot split rows by "persn": a file has no such column Did you mean "person"\?$/,
    );
    return true;
  });
});

test('rows split from a moment are those of that moment and later; a row without a time is not held out', async () => {
  await using dataset = await testDataset();
  const days = ['2024-01-30', '2024-01-31', '2024-02-01', '2024-02-02', ''];
  await dataset.write('data/a.csv', `n,day\n${days.map((day, n) => `${n},${day}`).join('\n')}\n`);
  const lines = await testDataset();
  await lines.write(
    'data/a.jsonl',
    `${['2024-01-31T23:59:59', '2024-02-01T00:00:00Z', '2024-02-01T01:00:00+02:00'].map((at, n) => JSON.stringify({ n, at })).join('\n')}\n`,
  );

  const csvSides = await dataset.run({ holdout: 0.2, time: 'day', split: { from: '2024-02-01' } });
  const jsonSides = await lines.run({ holdout: 0.2, time: 'at', split: { from: '2024-02-01' } });

  const [held = '', jsonHeld = ''] = [
    (await textsOf(dataset.store, csvSides.result, 'test'))['data/a.csv'],
    (await textsOf(lines.store, jsonSides.result, 'test'))['data/a.jsonl'],
  ];
  assert.equal(held, 'n,day\n2,2024-02-01\n3,2024-02-02\n');
  assert.equal(jsonHeld, '{"n":1,"at":"2024-02-01T00:00:00Z"}\n');
  await lines[Symbol.asyncDispose]();
});
