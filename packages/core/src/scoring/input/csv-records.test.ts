import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CsvRecord, csvRecords } from './csv-records.ts';

test('quotes, line ends inside quotes, doubled quotes, nulls and empty texts are told apart', async () => {
  const found = await recordsOf('\uFEFFa,b,c\r\n1,,"x, y"\r\n"two\nlines","say ""so""",""\n\n3,plain " quote,z', 3);

  assert.deepEqual(
    found,
    [
      ['1', null, 'x, y'],
      ['two\nlines', 'say "so"', ''],
      ['3', 'plain " quote', 'z'],
    ].map(cellsOf),
  );
});

test('a line that is no record is one broken row, and the next line is read anew', async () => {
  const found = await recordsOf('a,b\n1,2\n1,2,3\n"open,4\n5,"x"y\nlone\n6,7\n', 2);

  assert.deepEqual(found, [
    cellsOf(['1', '2']),
    { kind: 'broken', line: '1,2,3', problem: 'it has 3 cells, the header has 2' },
    { kind: 'broken', line: '"open,4', problem: 'text follows a closing quote' },
    { kind: 'broken', line: '5,"x"y', problem: 'text follows a closing quote' },
    { kind: 'broken', line: 'lone', problem: 'it has 1 cell, the header has 2' },
    cellsOf(['6', '7']),
  ]);
});

test('a quote that is never closed costs its own line', async () => {
  const found = await recordsOf('a,b\n"open,1\n2,3\n', 2);

  assert.deepEqual(found, [{ kind: 'broken', line: '"open,1', problem: 'a quote is opened and never closed' }, cellsOf(['2', '3'])]);
});

test('in a file of one column an empty line is a row without a value', async () => {
  assert.deepEqual(await recordsOf('a\n1\n\n2\n', 1), [['1'], [null], ['2']].map(cellsOf));
});

test('bytes that are no UTF-8 break their row and no other', async () => {
  const bytes = Buffer.concat([Buffer.from('a,b\n\uFFFD,1\n'), Buffer.from([0x80]), Buffer.from(',2\nx,3\n')]);

  const found = await collect(csvRecords(blocksOf(bytes, 5), { delimiter: ',', columns: 2 }));

  assert.equal(found.length, 3);
  assert.deepEqual(found.at(-1), cellsOf(['x', '3']));
  assert.deepEqual(found[1], { kind: 'broken', line: '\uFFFD,2', problem: 'its bytes are not UTF-8' });
});

test('whatever the cells and wherever blocks end, what was written is read', async () => {
  const cell = fc.option(fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '💧'), maxLength: 6 }), { freq: 5 });
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { maxLength: 8 });

  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 40 }), async (cells, block) => {
      const written = cells.map((row) => row.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(','));
      const bytes = Buffer.from(['a,b', ...written].join('\n'));

      const found = await collect(csvRecords(blocksOf(bytes, block), { delimiter: ',', columns: 2 }));

      assert.deepEqual(found, cells.map(cellsOf));
    }),
  );
});

function cellsOf(cells: readonly (string | null)[]): CsvRecord {
  return { kind: 'cells', cells };
}

async function recordsOf(text: string, columns: number): Promise<readonly CsvRecord[]> {
  const whole = await collect(csvRecords(blocksOf(Buffer.from(text), 1 << 20), { delimiter: ',', columns }));
  assert.deepEqual(await collect(csvRecords(blocksOf(Buffer.from(text), 3), { delimiter: ',', columns })), whole);
  return whole;
}

async function* blocksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function collect(records: AsyncIterable<CsvRecord>): Promise<readonly CsvRecord[]> {
  const all: CsvRecord[] = [];
  for await (const record of records) all.push(record);
  return all;
}
