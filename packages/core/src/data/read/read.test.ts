import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Diagnostic, TidegateError } from '@tidegate/formats';
import { readFile } from '../../platform/index.ts';
import { type TestDataset, testDataset } from '../test-dataset.ts';

async function refusal(dataset: TestDataset): Promise<Diagnostic> {
  try {
    await dataset.run();
  } catch (error) {
    if (error instanceof TidegateError) return error.diagnostics[0];
    throw error;
  }
  return assert.fail('The dataset was read');
}

async function typesOf(dataset: TestDataset): Promise<{ readonly [column: string]: string }> {
  const { version } = await dataset.run();
  return Object.fromEntries(version.columns.map(({ name, type, physicalType }) => [name, `${type} ${physicalType}`]));
}

test('types of CSV columns are the most special that every value has', async () => {
  await using dataset = await testDataset();
  const header = 'id,price,ok,day,at,clock,code,note,empty,slashed,underscored';
  await dataset.write('a.csv', `${header}\n1,10,true,2013-01-01,2013-01-01T10:00:00+02:00,10:00,007,"a, b",,01/02/2013,1_000\n`);
  await dataset.write('b.csv', `${header}\n2,NA,False,2013-01-31,2013-01-01,23:59:59.5,A7,,NA,x,1\n3,1.5e3,,,,,,n/a,,,\n`);

  assert.deepEqual(await typesOf(dataset), {
    id: 'integer BIGINT',
    price: 'number DOUBLE',
    ok: 'boolean BOOLEAN',
    day: 'date DATE',
    at: 'timestamp TIMESTAMP',
    clock: 'time TIME',
    code: 'string VARCHAR',
    note: 'string VARCHAR',
    empty: 'string VARCHAR',
    slashed: 'string VARCHAR',
    underscored: 'string VARCHAR',
  });
  const { version } = await dataset.run();
  const profile = (name: string) => version.profile.columns.find((column) => column.name === name);
  assert.equal(profile('at')?.min, '2013-01-01T00:00:00.000Z');
  assert.equal(profile('at')?.max, '2013-01-01T08:00:00.000Z');
  assert.equal(profile('price')?.nulls, 1);
  assert.equal(profile('note')?.nulls, 1);
});

test('a value far down decides the type of a CSV column', async () => {
  await using dataset = await testDataset();
  const rows = Array.from({ length: 5000 }, (_, index) => `${index},${index},2013-01-01,5`);
  await dataset.write('a.csv', `a,b,c,d\n${rows.join('\n')}\n1.5,x,2013-01-01 10:00,\n`);

  assert.deepEqual(await typesOf(dataset), { a: 'number DOUBLE', b: 'string VARCHAR', c: 'timestamp TIMESTAMP', d: 'integer BIGINT' });
});

test('files are united by the names of their columns', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.csv', 'x,y\n1,2\n');
  await dataset.write('b.csv', 'z;y\r\n"3;5";4\r\n');
  await dataset.write('c.tsv', '\ufeffy\tx\n6\t7\n');

  const { version } = await dataset.run();

  assert.deepEqual(
    version.profile.columns.map(({ name, nulls, min, max }) => [name, nulls, min, max]),
    [
      ['x', 1, 1, 7],
      ['y', 0, 2, 6],
      ['z', 2, '3;5', '3;5'],
    ],
  );
});

test('the same file under two names counts twice', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.csv', 'x\n1\n2\n');
  await dataset.write('b.csv', 'x\n1\n2\n');

  assert.equal((await dataset.run()).version.rows, 4);
});

test('numbers of several widths meet in Parquet files, and a column without values has no say', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('1.parquet', "SELECT 1::INTEGER AS a, NULL::INTEGER AS b, DATE '2013-01-01' AS t");
  await dataset.writeParquet('2.parquet', "SELECT 2.5::DOUBLE AS a, 'x' AS b, TIMESTAMP '2013-01-01 10:00:00' AS t");

  assert.deepEqual(await typesOf(dataset), { a: 'number DOUBLE', b: 'string VARCHAR', t: 'timestamp TIMESTAMP' });
});

test('types that cannot meet are refused with column and files', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('1.parquet', "SELECT 'N1' AS tailnum");
  await dataset.writeParquet('2.parquet', 'SELECT 17 AS tailnum');

  const { code, message } = await refusal(dataset);

  assert.equal(code, 'TG-DATA-TYPE-CONFLICT');
  assert.equal(message, 'Cannot read column "tailnum": it is string (VARCHAR) in "1.parquet", and integer (INTEGER) in "2.parquet"');
});

test('JSON lines are typed by all their lines', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.jsonl', '{"a":1,"s":"x","d":"2013-01-01","o":{"k":1},"l":[1]}\n\n{"a":2.5,"s":null}\n');
  await dataset.write('b.ndjson', '{"a":3,"d":"soon","new":true}\n');

  assert.deepEqual(await typesOf(dataset), {
    a: 'number DOUBLE',
    s: 'string VARCHAR',
    d: 'string VARCHAR',
    o: 'object JSON',
    l: 'object JSON',
    new: 'boolean BOOLEAN',
  });
});

const broken: readonly (readonly [string, string, string, string])[] = [
  ['a.csv', 'x,y\n1,2\n3\n', 'TG-DATA-CSV-ROW', 'Cannot read "a.csv" at line 3: the header has 2 columns, the row 1: "3"'],
  ['a.csv', 'x,y\n1,2\n3,4,5\n', 'TG-DATA-CSV-ROW', 'Cannot read "a.csv" at line 3: the header has 2 columns, the row 3: "3,4,5"'],
  [
    'a.csv',
    'x,y\n1,"2\n3,4\n',
    'TG-DATA-CSV-ROW',
    'Cannot read "a.csv" at line 2: a double quote is opened and not closed where the value ends: "1,"2"',
  ],
  [
    'a.csv',
    'x,y\n1,2\r\n3,4\r\n',
    'TG-DATA-FILE-BROKEN',
    'Cannot read "a.csv": its line ends are of two kinds, or a quote stands where CSV has none',
  ],
  ['a.csv', '', 'TG-DATA-FILE-EMPTY', 'Cannot use "a.csv": it has no bytes'],
  ['a.csv', 'x,y\n', 'TG-DATA-FILE-EMPTY', 'Cannot use "a.csv": it has no rows'],
  ['a.csv', 'x,Y,y\n1,2,3\n', 'TG-DATA-COLUMN-TWICE', 'Cannot read "a.csv": it names a column "Y" and another "y"'],
  ['a.json', '[{"a":1},\n{"a":2}]\n', 'TG-DATA-FILE-BROKEN', 'Cannot read "a.json" at line 1: the line is not JSON by itself: "[{"a":1},"'],
  ['a.json', '{"a":1}\n[2]\n', 'TG-DATA-FILE-BROKEN', 'Cannot read "a.json" at line 2: each line must hold one JSON object: "[2]"'],
  ['a.jsonl', '\n', 'TG-DATA-FILE-EMPTY', 'Cannot use "a.jsonl": it has no rows'],
  ['a.parquet', 'not Parquet at all', 'TG-DATA-FILE-BROKEN', 'Cannot read "a.parquet": no magic bytes found at end of file \'a.parquet\''],
];

for (const [path, content, code, message] of broken)
  test(`a broken file is refused: ${message}`, async () => {
    await using dataset = await testDataset();
    await dataset.write(path, content);

    const found = await refusal(dataset);

    assert.deepEqual([found.code, found.message], [code, message]);
    assert.notEqual(found.hint, null);
  });

test('bytes that are not UTF-8 are refused with file and line', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.csv', Buffer.from('x\nok\ncaf\xe9\n', 'latin1'));

  assert.equal((await refusal(dataset)).message, 'Cannot read "a.csv" at line 3: its bytes are not UTF-8');
});

test('formats do not mix', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.csv', 'x\n1\n');
  await dataset.write('b.jsonl', '{"x":1}\n');

  assert.equal((await refusal(dataset)).message, 'Cannot read "a.csv" and "b.jsonl" as one dataset: they have different formats');
});

test('a file without rows among others is refused by its name', async () => {
  await using dataset = await testDataset();
  for (const path of ['1.parquet', '2.parquet']) await dataset.writeParquet(path, `SELECT 1 AS x WHERE '${path}' < '2'`);

  assert.equal((await refusal(dataset)).message, 'Cannot use "2.parquet": it has no rows');
});

test('a Parquet file that is cut off or damaged inside is refused by its name', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('1.parquet', 'SELECT i AS x, hash(i) AS y FROM range(50000) t(i)');
  const whole = await readFile(join(dataset.root, '1.parquet'));
  await dataset.write('2.parquet', whole.subarray(0, whole.length / 2));
  const cut = await refusal(dataset);
  const damaged = Buffer.from(whole);
  damaged.fill(7, 1000, 60_000);
  await dataset.write('2.parquet', damaged);
  const spoilt = await refusal(dataset);

  assert.equal(cut.code, 'TG-DATA-FILE-BROKEN');
  assert.match(cut.message, /^Cannot read "2\.parquet": /);
  assert.equal(spoilt.code, 'TG-DATA-FILE-BROKEN');
  assert.match(spoilt.message, /^Cannot read "2\.parquet": /);
});
