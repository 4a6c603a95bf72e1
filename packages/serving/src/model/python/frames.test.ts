import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { readFrames, writeFrame } from './frames.ts';

test('messages come out whole and in order, however the stream cuts them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ text: fc.string({ unit: 'grapheme' }), many: fc.array(fc.integer()) }, { noNullPrototype: true })),
      fc.integer({ min: 1, max: 40 }),
      async (messages, piece) => {
        const written = new PassThrough();
        for (const message of messages) writeFrame(written, message);
        written.end();
        const bytes = Buffer.concat(await written.toArray());
        const cut = new PassThrough();
        const found: unknown[] = [];
        readFrames(cut, (message) => found.push(message));

        for (let at = 0; at < bytes.length; at += piece) cut.write(bytes.subarray(at, at + piece));
        cut.end();
        await once(cut, 'end');

        assert.deepEqual(found, messages);
      },
    ),
    { numRuns: 100 },
  );
});
