import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { classesOfOnnx } from './onnx-classes.ts';

const fixtures = resolve(import.meta.dirname, '../../../fixtures');

test('classes are read as the numbers or texts of the classifier', async () => {
  assert.deepEqual(classesOfOnnx(await readFile(join(fixtures, 'kinds.onnx')), 2), ['3', '7']);
  assert.deepEqual(classesOfOnnx(await readFile(join(fixtures, 'multiclass.onnx')), null), ['long', 'small', 'wide']);
});

test('a model without classes, and a list of another length than the probabilities, give none', async () => {
  assert.equal(classesOfOnnx(await readFile(join(fixtures, 'matrix.onnx')), null), null);
  assert.equal(classesOfOnnx(await readFile(join(fixtures, 'multiclass.onnx')), 4), null);
});

test('bytes that are no protobuf end in a RangeError, never in a hang or another error', async () => {
  const model = await readFile(join(fixtures, 'multiclass.onnx'));
  fc.assert(
    fc.property(fc.nat({ max: model.length - 1 }), fc.integer({ min: 0, max: 255 }), fc.nat({ max: model.length }), (at, byte, length) => {
      const broken = Buffer.from(model);
      broken[at] = byte;
      try {
        classesOfOnnx(broken.subarray(0, length), null);
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});
