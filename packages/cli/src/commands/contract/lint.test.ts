import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { callCommandLine, type Printed } from '../../test-command-line.ts';

const sound = `apiVersion: v3.1.0
kind: DataContract
id: tides
version: 1.2.0
status: active
schema:
  - name: tides
    properties:
      - { name: height, logicalType: number, quality: [{ metric: nullValues, mustBe: 0 }] }
`;

/** `contract lint` called where these files are, outside any project. */
function linterOf(t: TestContext, files: { readonly [name: string]: string }): (...words: readonly string[]) => Promise<Printed> {
  const cwd = mkdtempSync(join(tmpdir(), 'tidegate-lint-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return (...words) => callCommandLine(['contract', 'lint', ...words], { cwd });
}

test('a sound data contract is told in one line', async (t) => {
  const lint = linterOf(t, { 'tides.odcs.yaml': sound });

  const { code, stdout, stderr } = await lint('tides.odcs.yaml');

  assert.deepEqual([code, stdout, stderr], [0, '✓ tides.odcs.yaml: "tides" 1.2.0, ODCS v3.1.0, 1 object, 1 property, 1 rule\n', '']);
});

test('every mistake of every file is told with its place, a file that is not there among them', async (t) => {
  const lint = linterOf(t, { 'a.yaml': sound.replace('nullValues', 'nullValue'), 'b.yaml': sound.replace('status:', 'state:') });

  const { code, stdout, stderr } = await lint('a.yaml', 'b.yaml', 'c.yaml');

  assert.deepEqual([code, stdout], [2, '']);
  for (const said of [
    /a\.yaml:9:66: error TG-DATA-CONTRACT-METRIC/,
    /b\.yaml:5:1: .*"state"/,
    /TG-CONFIG-FILE-MISSING: Cannot read "c\.yaml"/,
  ])
    assert.match(stderr, said);
});

test('without a file it says that one is missing', async (t) => {
  const { code, stderr } = await linterOf(t, {})();

  assert.equal(code, 2);
  assert.match(stderr, /FILE is missing/);
});
