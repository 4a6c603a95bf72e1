import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureColumn } from '@tidegate/formats';
import { bindInputs } from './bind-inputs.ts';
import type { InputTensor, TensorKind } from './tensor.ts';

const column = (name: string, type: FeatureColumn['type'] = 'number'): FeatureColumn => ({ name, type });
const input = (name: string, kind: TensorKind = 'float32', width = 1): InputTensor => ({
  name,
  kind,
  shape: [width],
  width,
  nullable: kind !== 'int64',
});

test('columns are bound to inputs by name, whatever the order of the model', () => {
  const { feed } = bindInputs([column('a'), column('b')], [input('b'), input('a')]);

  assert.deepEqual(
    feed(
      [
        [1, 2],
        [3, 4],
      ],
      2,
    ),
    {
      rows: 2,
      values: [
        [3, 4],
        [1, 2],
      ],
    },
  );
});

test('a lone input takes all columns row by row, in the order of the signature', () => {
  const { feed } = bindInputs([column('a'), column('b', 'boolean')], [input('features', 'float32', 2)]);

  assert.deepEqual(
    feed(
      [
        [1, 2],
        [true, null],
      ],
      2,
    ),
    { rows: 2, values: [[1, true, 2, null]] },
  );
});

test('a lone input with the name of the lone column is that column', () => {
  const { columns } = bindInputs([column('a', 'string')], [input('a', 'string')]);

  assert.deepEqual(columns, [{ name: 'a', type: 'string', kind: 'string', nullable: true }]);
});

test('inputs that do not fit are named', () => {
  const refused = (columns: readonly FeatureColumn[], inputs: readonly InputTensor[], found: RegExp): void =>
    assert.throws(() => bindInputs(columns, inputs), { name: 'TidegateError', message: found });

  refused([column('a'), column('b')], [input('a'), input('bb')], /it takes "bb", which the signature does not have/);
  refused([column('a'), column('b'), column('c')], [input('a'), input('b')], /it has no input "c"/);
  refused([column('a'), column('b')], [input('x', 'float32', 3)], /its input "x" takes 3 values a row, the signature has 2 columns/);
  refused([column('a', 'string'), column('b')], [input('a'), input('b')], /its input "a" is of type float32, the column "a" is string/);
  refused([column('a'), column('b')], [input('a', 'float32', 2), input('b')], /its input "a" takes 2 values a row, not one/);
});
