import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { digestOfBytes } from '../../../platform/index.ts';
import type { Placed } from './placed.ts';
import { parseShard, shardBytes } from './shard.ts';

const placed: fc.Arbitrary<Placed> = fc.record(
  {
    digest: fc.nat(200).map((number) => digestOfBytes(`object ${number}`)),
    as: fc.constantFrom('piece', 'recipe', 'file'),
    pack: fc.nat(5).map((number) => digestOfBytes(`pack ${number}`)),
    offset: fc.nat(),
    stored: fc.nat(),
    bytes: fc.nat(2 ** 47),
    codec: fc.constantFrom('raw', 'zstd'),
    isRecord: fc.boolean(),
  },
  { noNullPrototype: true },
);

test('whatever is put into a shard is found in it, of a digest that comes twice the first', () => {
  fc.assert(
    fc.property(fc.array(placed, { maxLength: 60 }), (entries) => {
      const shard = parseShard(shardBytes(entries)) ?? assert.fail();

      const first = new Map(entries.toReversed().map((entry) => [entry.digest, entry]));
      assert.equal(shard.size, first.size);
      for (const [digest, entry] of first) assert.deepEqual(shard.find(digest), entry);
      assert.deepEqual(
        [...shard.entries()].map(({ digest }) => digest),
        [...first.keys()].toSorted(),
      );
      assert.equal(shard.find(digestOfBytes('none')), null);
    }),
    { numRuns: 60 },
  );
});

test('a shard that is cut short, longer, out of order or names a pack that it does not have is none', () => {
  const entry = { as: 'piece', offset: 8, stored: 4, bytes: 4, codec: 'raw', isRecord: false } as const;
  const pack = digestOfBytes('pack');
  const entries = ['a', 'b'].map((text): Placed => ({ ...entry, digest: digestOfBytes(text), pack }));
  const whole = Buffer.from(shardBytes(entries));
  const withBytes = (at: number, bytes: Uint8Array): Uint8Array =>
    Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + bytes.length)]);
  const digestsAt = 16 + 32;

  for (const bad of [
    whole.subarray(0, -1),
    Buffer.concat([whole, Buffer.alloc(1)]),
    new Uint8Array(),
    withBytes(0, Buffer.from('X')),
    withBytes(digestsAt, Buffer.alloc(32, 0xff)),
    withBytes(digestsAt + 64, Buffer.from([1])),
    withBytes(digestsAt + 64 + 18, Buffer.from([0xff])),
  ])
    assert.equal(parseShard(bad), null);
});
