import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { mkdtemp, readFile, rm, tmpdir, writeFile } from '../../../platform/index.ts';
import { testContractFile } from './test-contract-file.ts';

interface Cases {
  readonly test: readonly { readonly name: string; readonly contract: string; readonly csv: string; readonly verdict: string }[];
}

const file = fileURLToPath(new URL('../../../../fixtures/datacontract-cli/test-cases.json', import.meta.url));
const cases = JSON.parse(await readFile(file, 'utf8')) as Cases;

/** Where we say otherwise, and why: docs/reference/data-contract.md. */
const others: Readonly<Record<string, 'pass' | 'fail'>> = {
  'row count must be between, at the lower end': 'fail', // the standard: "equivalent to mustBeGreaterThan and mustBeLessThan"
  'row count must be between, at the upper end': 'fail',
  'row count must not be between, at the end': 'pass', // the opposite of the former
  'missing values, a word': 'pass', // the standard has an array of "values considered missing", and null is among them only when it is listed
  'multiple of two, odd ones': 'fail', // datacontract-cli does not judge multipleOf and format
  'format email': 'fail',
  'latency, old': 'fail', // nor latency of a column without more
};

test('on the same cases the verdict is that of datacontract-cli 1.2.8, but where the standard says otherwise', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-datacontract-cli-'));
  try {
    const found: string[] = [];
    for (const { name, contract, csv, verdict } of cases.test) {
      await writeFile(join(folder, 'c.yaml'), contract);
      await writeFile(join(folder, 't.csv'), csv);
      const [judged] = await testContractFile({
        path: join(folder, 'c.yaml'),
        file: 'c.yaml',
        data: null,
        server: 'files',
        object: null,
        folder,
        secret: async () => null,
        now: Date.parse('2026-11-30T00:00:00Z'),
        signal: new AbortController().signal,
      });
      const theirs = verdict === 'passed' ? 'pass' : 'fail';
      const wanted = others[name] ?? theirs;
      if (judged?.verdict !== wanted || others[name] === theirs)
        found.push(`${name}: ${judged?.verdict}, wanted ${wanted}, theirs ${theirs}`);
    }
    assert.deepEqual(found, []);
    assert.equal(cases.test.length, 66);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
