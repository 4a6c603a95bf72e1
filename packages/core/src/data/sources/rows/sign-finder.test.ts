import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signFinder } from './sign-finder.ts';

test('a sign is found wherever bytes are cut, and not where it is none', () => {
  const text = '1\t0044-03-15 BC\t\n';

  for (let one = 0; one <= text.length; one++)
    for (let other = one; other <= text.length; other++) {
      const pieces = [text.slice(0, one), text.slice(one, other), text.slice(other)].map((piece) => Buffer.from(piece));
      const [found, absent] = [signFinder(' BC'), signFinder(' BD')];
      assert.equal(pieces.map(found).at(-1), true, `${one} ${other}`);
      assert.equal(pieces.map(absent).at(-1), false, `${one} ${other}`);
    }
});
