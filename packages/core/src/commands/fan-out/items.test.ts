import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStepName } from '@tidegate/formats';
import { itemsOf } from './items.ts';

const noFiles = (): readonly string[] => [];

test('a list gives an item for each value, named after it', () => {
  const items = itemsOf({ kind: 'each', items: ['JFK', 2013, true] }, noFiles);

  assert.deepEqual(
    items.map(({ label, values, substitutes }) => [label, values, substitutes]),
    [
      ['JFK', { item: 'JFK' }, { item: 'JFK' }],
      ['2013', { item: 2013 }, { item: '2013' }],
      ['true', { item: true }, { item: 'true' }],
    ],
  );
});

test('a grid gives every combination, the last name changing fastest', () => {
  const items = itemsOf({ kind: 'grid', axes: { depth: [3, 5], rate: [0.1, 0.01] } }, noFiles);

  assert.deepEqual(
    items.map(({ label }) => label),
    ['depth=3,rate=0.1', 'depth=3,rate=0.01', 'depth=5,rate=0.1', 'depth=5,rate=0.01'],
  );
  assert.deepEqual(items[1]?.substitutes, { depth: '3', rate: '0.01', item: 'depth=3,rate=0.01' });
});

test('partitions are named after their files, or their folders where the files have equal names', () => {
  const label = (files: readonly string[]): readonly string[] =>
    itemsOf({ kind: 'partitions', dataset: 'flights' }, () => files).map((item) => item.label);

  assert.deepEqual(label(['data/2013-01.parquet', 'data/2013-02.parquet']), ['2013-01', '2013-02']);
  assert.deepEqual(label(['data/y=2013/part.csv', 'data/y=2014/part.csv']), ['y=2013-part', 'y=2014-part']);
  assert.deepEqual(label(['a/x.csv', 'b/x.csv', 'x.csv']), ['a-x', 'b-x', 'x']);
});

test('whatever the values are, labels are parts of names of steps and differ, also where letters have no case (hostile 10)', () => {
  const values = [
    'a b',
    'a/b',
    '../../etc',
    '-rf',
    '',
    ' ',
    '$(rm -rf ~)',
    'A',
    'a',
    'ä',
    'x\n',
    'y'.repeat(300),
    'y'.repeat(301),
    '.',
    '=',
    '@',
  ];
  const items = itemsOf({ kind: 'each', items: values }, noFiles);

  for (const { label } of items) assert.ok(isStepName(`steps.train@${label}`), label);
  assert.equal(new Set(items.map(({ label }) => label.toLowerCase())).size, values.length);
  assert.deepEqual(
    items.map(({ substitutes }) => substitutes['item']),
    values,
  );
});
