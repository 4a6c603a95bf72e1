import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { layoutOf, viewOf } from './layout.ts';
import { pack } from './pack.ts';
import type { InputTensor, TensorKind, Value } from './tensor.ts';

const kinds: readonly TensorKind[] = ['float32', 'float64', 'int64', 'int32', 'bool', 'string'];

test('what is packed comes out of the buffer at its place, whatever the kinds, widths and requests', () => {
  const input = fc.record({ kind: fc.constantFrom(...kinds), width: fc.integer({ min: 1, max: 3 }) });
  fc.assert(
    fc.property(
      fc.array(input, { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
      (shapes, requests) => {
        const inputs = shapes.map((shape, index): InputTensor => ({ ...shape, name: String(index), shape: [shape.width], nullable: true }));
        let next = 0;
        const feeds = requests.map((rows) => ({
          rows,
          values: inputs.map(({ width, kind }) => Array.from({ length: rows * width }, () => valueOf(kind, next++ % 120))),
        }));

        const { rows, buffer, texts } = pack(inputs, feeds);

        const { offsets } = layoutOf(inputs, rows);
        let text = 0;
        inputs.forEach(({ kind, width }, index) => {
          const expected = feeds.flatMap((feed) => feed.values[index] ?? []);
          const found =
            kind === 'string'
              ? (texts[text++] ?? [])
              : Array.from(viewOf(kind, buffer, { offset: offsets[index] ?? -1, length: rows * width }), Number);
          assert.deepEqual(found, kind === 'string' ? expected : expected.map(Number));
        });
      },
    ),
    { numRuns: 200 },
  );
});

test('null is NaN for floats and the empty text for texts', () => {
  const inputs = kinds.slice(0, 2).map((kind, index): InputTensor => ({ name: String(index), kind, shape: [], width: 1, nullable: true }));
  const text: InputTensor = { name: 't', kind: 'string', shape: [], width: 1, nullable: true };

  const { buffer, texts } = pack([...inputs, text], [{ rows: 1, values: [[null], [null], [null]] }]);

  assert.deepEqual([new Float64Array(buffer, 0, 1)[0], new Float32Array(buffer, 8, 1)[0], texts], [Number.NaN, Number.NaN, [['']]]);
});

test('a whole number beyond 2^53 that comes as its digits is packed exactly', () => {
  const input: InputTensor = { name: 'i', kind: 'int64', shape: [], width: 1, nullable: false };

  const { buffer } = pack([input], [{ rows: 1, values: [['9007199254740993']] }]);

  assert.equal(new BigInt64Array(buffer)[0], 9007199254740993n);
});

function valueOf(kind: TensorKind, number: number): Value {
  if (kind === 'string') return `text ${number}`;
  return kind === 'bool' ? number % 2 === 1 : number;
}
