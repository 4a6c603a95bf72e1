import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { nearestPattern } from './nearest-pattern.ts';

test('of a misspelt pattern the name is found that was meant, wherever in it that stands', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-nearest-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'data/images'), { recursive: true });
  writeFileSync(join(root, 'data/houses.csv'), '');
  const near = (...patterns: readonly string[]): string | null => nearestPattern({ root, except: join(root, 'home') }, patterns);

  assert.equal(near('data/hosues.csv'), 'data/houses.csv');
  assert.equal(near('./dta/images/*.png'), 'data/images/*.png');
  assert.equal(near('data/imagse/**/*.png'), 'data/images/**/*.png');
  assert.equal(near('nothing/like/it', 'data/image/'), 'data/images');
  assert.equal(near('data/images/*.png'), null);
  assert.equal(near('*.csv'), null);
});
