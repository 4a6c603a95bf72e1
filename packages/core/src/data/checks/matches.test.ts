import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine, quoteText } from '@tidegate/runtime';
import { matches } from './matches.ts';

const texts = ['a', 'ab', 'a\n', 'a\nb', 'b\na', '', 'b', 'xay', '$', 'a$', 'a|b', '\\', 'A', 'aa'];

test('a pattern says the same of a text whether it is asked for as a whole or searched for', async () => {
  using engine = await openEngine({ threads: 1 });
  const patterns = [
    '^a$',
    '^a|b$',
    '^(a|b)$',
    '^a\\$',
    '^a\\$$',
    '^(?m)a$',
    '(?m)^a$',
    '^(?i)a$',
    '^(?:a)+$',
    '^.$',
    '^[a|b]$',
    '^$',
    '^a',
    'a$',
    '^\\\\$',
    '^a*$',
    '^\\Qa\\E$',
  ];
  for (const pattern of patterns)
    for (const text of texts) {
      const [row = {}] = await engine.rows(
        `SELECT ${matches(quoteText(text), pattern)} AS asked, regexp_matches(${quoteText(text)}, ${quoteText(pattern)}) AS searched`,
      );
      assert.equal(row['asked'], row['searched'], `${pattern} of ${JSON.stringify(text)}`);
    }
  assert.match(matches('x', '^[0-9]{9}$'), /full_match/);
  assert.doesNotMatch(matches('x', '^a|b$'), /full_match/);
});
