import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { readYaml } from './yaml-document.ts';
import { readYamlAgain } from './yaml-memory.ts';

function memoryOf(t: TestContext): { readonly folder: string; readonly place: string; readonly file: () => string } {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-parsed-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return { folder, place: '/project', file: () => join(folder, readdirSync(folder)[0] ?? '') };
}

const long = `a: 1\nb: { c: [x, "y"] }\n${'# a comment\n'.repeat(500)}`;

test('a long file read again has the same value and the same places', async (t) => {
  const memory = memoryOf(t);
  const parsed = readYaml('f.yaml', long).document;

  for (const round of ['parsed', 'remembered']) {
    const { document, diagnostics } = await readYamlAgain('f.yaml', long, memory);

    assert.deepEqual([document?.value, diagnostics], [parsed?.value, []], round);
    assert.deepEqual(document?.placeOf(['b', 'c', 1]), parsed?.placeOf(['b', 'c', 1]), round);
  }
});

test('whatever is written next, a file is never taken for an earlier one', async (t) => {
  const memory = memoryOf(t);
  const text = fc.array(fc.constantFrom('a: 1\n', 'b: two\n', 'c: [1, 2]\n', 'a: {\n', '\td: 1\n'), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(text, async (lines) => {
      const written = lines.join('') + '#'.repeat(5_000);
      const again = await readYamlAgain('f.yaml', written, memory);
      const fresh = readYaml('f.yaml', written);

      assert.deepEqual([again.document?.value, again.diagnostics], [fresh.document?.value, fresh.diagnostics]);
    }),
    { numRuns: 60 },
  );
});

test('a memory that is damaged or that nobody can write is no memory', async (t) => {
  const memory = memoryOf(t);
  await readYamlAgain('f.yaml', long, memory);
  const whole = readFileSync(memory.file(), 'utf8');

  for (const damaged of ['', whole.slice(0, -4), whole.replace('"a":1', '"a":2')]) {
    writeFileSync(memory.file(), damaged);
    assert.deepEqual((await readYamlAgain('f.yaml', long, memory)).document?.value, { a: 1, b: { c: ['x', 'y'] } });
  }
  const nowhere = { ...memory, folder: join(memory.file(), 'no-folder') };
  assert.deepEqual((await readYamlAgain('f.yaml', long, nowhere)).document?.value, { a: 1, b: { c: ['x', 'y'] } });
});
