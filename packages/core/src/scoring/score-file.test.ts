import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { makeScoringBench, storeFixture } from './test-bench.ts';

test('a CSV file is scored row by row: what can be goes to the output, the rest to the quarantine with its reason', async (t) => {
  const bench = makeScoringBench(t);
  const release = await storeFixture(bench.store, 'kinds');
  const rows = [
    'id,count,member,exact,rough',
    '90071992547409931,1,true,0.5,1',
    '2,,true,1,1',
    '3,2,maybe,x,1',
    '4,9007199254740993,TRUE,1,1',
    '5,1',
  ];
  await writeFile(bench.path('rows.csv'), [...rows, '"6, ""six""",12.0,False,NA,', '7,1,true,1,1e39,', ''].join('\n'));

  const { receipt, outcome } = await bench.score(release, { input: 'rows.csv', output: 'scored.csv', chunkRows: 2 });

  assert.equal(outcome, 'scored');
  assert.deepEqual([receipt.input.rows, receipt.scored, receipt.quarantined, receipt.chunks], [7, 2, 5, { size: 2, count: 4, resumed: 0 }]);
  assert.match(
    await bench.text('scored.csv'),
    /^id,count,member,exact,rough,prediction,label,probability\n90071992547409931,1,true,0.5,1,\d.*,3,0\.9\d+\n"6, ""six""",12\.0,False,NA,,,3,\n$/,
  );
  assert.deepEqual(await bench.read('quarantine-of-scored.csv'), [
    {
      row: '2',
      code: 'TG-SERVING-NULL',
      reason: 'Cannot use row 2: "count" may not be null',
      input: '{"id":"2","count":null,"member":"true","exact":"1","rough":"1"}',
    },
    {
      row: '3',
      code: 'TG-SERVING-TYPE',
      reason:
        'Cannot use row 3: "member" must be true or false: found the text "maybe"; Cannot use row 3: "exact" must be a number: found the text "x"',
      input: '{"id":"3","count":"2","member":"maybe","exact":"x","rough":"1"}',
    },
    {
      row: '4',
      code: 'TG-SERVING-RANGE',
      reason: 'Cannot use row 4: "count" must be between -9007199254740991 and 9007199254740991: found 9007199254740992',
      input: '{"id":"4","count":"9007199254740993","member":"TRUE","exact":"1","rough":"1"}',
    },
    { row: '5', code: 'TG-SCORE-CSV', reason: 'Cannot read row 5: it has 2 cells, the header has 5', input: '5,1' },
    { row: '7', code: 'TG-SCORE-CSV', reason: 'Cannot read row 7: it has 6 cells, the header has 5', input: '7,1,true,1,1e39,' },
  ]);
});

test('files whose names say no format, that are not there or do not fit the service are refused whole', async (t) => {
  const bench = makeScoringBench(t);
  const release = await storeFixture(bench.store, 'matrix');
  await bench.write('rows.parquet', 'SELECT 1 AS x, 2 AS yy, 3 AS z');
  await bench.write('twin.parquet', 'SELECT 1 AS x, 2 AS y, 3 AS z, 4 AS "Prediction"');
  await writeFile(bench.path('broken.parquet'), 'no Parquet');
  const score = (input: string, output = 'scored.csv') => bench.score(release, { input, output });

  await assert.rejects(score('rows.txt'), /TG-SCORE-FORMAT: Cannot tell the format of ".*rows\.txt"/);
  await assert.rejects(score('rows.parquet', 'scored.json'), /TG-SCORE-FORMAT/);
  await assert.rejects(score('none.parquet'), /TG-SCORE-INPUT: Cannot read ".*none\.parquet": there is no such file/);
  await assert.rejects(score('broken.parquet'), /TG-SCORE-INPUT: Cannot read ".*broken\.parquet"/);
  await assert.rejects(score('rows.parquet'), /TG-SCORE-COLUMN: Cannot score the rows: they have no column "y"/);
  await assert.rejects(score('twin.parquet'), /TG-SCORE-COLUMN: Cannot add the column "prediction" to the rows/);
});
