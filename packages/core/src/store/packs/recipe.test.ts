import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfBytes } from '../../platform/index.ts';
import { parseRecipe, recipeBytes } from './recipe.ts';

test('a recipe comes back as it was written, and one with any other byte is none', () => {
  const recipe = { object: digestOfBytes('tide'), bytes: 5_000_000_000, pieces: ['ti', 'de', 'ti'].map(digestOfBytes) };

  const bytes = recipeBytes(recipe);

  assert.deepEqual(parseRecipe(bytes), recipe);
  assert.deepEqual(parseRecipe(recipeBytes({ ...recipe, pieces: [] })), { ...recipe, pieces: [] });
  for (let index = 0; index < bytes.length; index += 1) {
    assert.equal(parseRecipe(bytes.map((byte, at) => (at === index ? byte ^ 1 : byte))), null);
    assert.equal(parseRecipe(bytes.subarray(0, index)), null);
  }
});
