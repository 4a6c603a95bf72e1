import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { squeezeHere, unsqueezed } from './squeeze.ts';

/** Numbers that change little from one to the next, as bytes. */
function walk(count: number): Uint8Array {
  const numbers = new Float64Array(count);
  numbers.forEach((_, index) => (numbers[index] = (numbers[index - 1] ?? 0) + Math.sin(index * index)));
  return new Uint8Array(numbers.buffer);
}

test('any bytes come back, squeezed or not, grouped or not', () => {
  const numbers = walk(3_000);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(24_000).map((length) => numbers.subarray(24_000 - length)),
    fc.nat(9_000).map((length) => Buffer.alloc(length, 'tide')),
  );

  fc.assert(
    fc.property(bytes, (content) => {
      const [squeezed] = squeezeHere([content]);

      assert.ok(squeezed !== undefined);
      assert.deepEqual(Buffer.from(unsqueezed(squeezed, content.byteLength) ?? []), Buffer.from(content));
      assert.ok(squeezed.stored.byteLength <= content.byteLength);
    }),
    { numRuns: 60 },
  );
});

test('numbers of 64 bits are grouped, which saves more than a frame alone, and tools that know no groups can read the frame', () => {
  const numbers = walk(8_000);

  const [squeezed] = squeezeHere([numbers]);

  assert.equal(squeezed?.codec, 'zstd');
  assert.ok(squeezed.stored.byteLength < numbers.byteLength * 0.9);
  const frame = process.getBuiltinModule('node:zlib').zstdDecompressSync(squeezed.stored.subarray(9));
  assert.equal(frame.byteLength, numbers.byteLength);
});
