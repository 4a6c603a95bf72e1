import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyMessages } from './copy-messages.ts';

function message(letter: string, body: string): Buffer {
  const head = Buffer.from(`${letter}0000`);
  head.writeUInt32BE(Buffer.byteLength(body) + 4, 1);
  return Buffer.concat([head, Buffer.from(body)]);
}

/** What is made of a stream that comes in these pieces. */
function taken(pieces: readonly Buffer[]): readonly [string, string | null] {
  const take = copyMessages();
  const text: Buffer[] = [];
  for (const [index, piece] of pieces.entries()) {
    const { texts, rest } = take(Buffer.from(piece));
    text.push(...texts);
    if (rest !== null) return [Buffer.concat(text).toString(), Buffer.concat([rest, ...pieces.slice(index + 1)]).toString()];
  }
  return [Buffer.concat(text).toString(), null];
}

const stream = Buffer.concat([
  message('H', '\0\0\x02\0\0'),
  message('d', '1\tOslö\n'),
  message('N', 'a notice\n\0'),
  message('d', `2\t${'o'.repeat(515)}\n`), // a length with a byte that is a line break
  message('S', 'TimeZone\0UTC\0'),
  message('d', '\n'),
  message('d', '3\t\\N\n'),
  message('c', ''),
  message('C', 'COPY 4\0'),
]);
const lines = `0000\t1\tOslö\n0000\t2\t${'o'.repeat(515)}\n0000\t\n0000\t3\t\\N\n`;
const rest = Buffer.concat([message('c', ''), message('C', 'COPY 4\0')]).toString();

test('rows are lines with a field before them, wherever the stream is cut', () => {
  for (let one = 0; one <= stream.length; one++)
    for (const length of [1, 4, 5, 6, 40, 700]) {
      const pieces = [stream.subarray(0, one), stream.subarray(one, one + length), stream.subarray(one + length)];
      assert.deepEqual(taken(pieces), [lines, rest], `${one} ${length}`);
    }
  assert.deepEqual(taken([...stream].map((byte) => Buffer.from([byte]))), [lines, rest]);
});

test('an error in the place of rows, or after some, is left to the client with all that follows', () => {
  const error = message('E', 'SFATAL\0C57P01\0\0');

  assert.deepEqual(taken([Buffer.concat([error, error])]), ['', Buffer.concat([error, error]).toString()]);
  assert.deepEqual(taken([message('d', '1\n'), error]), ['0000\t1\n', error.toString()]);
});

test('a row that somebody between the two ends sends in several messages is one line', () => {
  assert.deepEqual(taken([message('d', '1\tOs'), message('d', 'lo'), message('d', '\n'), message('d', '2\t\n')]), [
    '0000\t1\tOslo\n0000\t2\t\n',
    null,
  ]);
});
