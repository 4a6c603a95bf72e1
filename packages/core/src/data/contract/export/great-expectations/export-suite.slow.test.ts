import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { testDataset } from '../../../test-dataset.ts';
import { exportContract } from '../export-contract.ts';
import { contractOf, contractWith, promises } from './test-promises.ts';

const at = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

test('Great Expectations says of our suites what we say of the data contracts', async () => {
  const { verdicts } = JSON.parse(at('fixtures/verdicts.json')) as {
    readonly verdicts: readonly { readonly suite: object; readonly success: boolean }[];
  };
  await using dataset = await testDataset();
  await dataset.writeParquet('t.parquet', at('../../import/great-expectations/fixtures/rows.sql'));
  assert.equal(verdicts.length, promises.length, 'fixtures/verdicts.json is of other promises: make it again');
  const ofRules = await dataset.run({
    contract: contractOf(promises.map((one) => ('quality' in one.promise ? one : { ...one, promise: {} }))),
  });
  const differing: object[] = [];
  for (const [index, promise] of promises.entries()) {
    const contract = contractWith(promise);
    const { text, notSaid } = exportContract({ file: 't.yaml', text: contract, dataset: 't' }, 'great-expectations');
    assert.deepEqual(JSON.parse(text), verdicts[index]?.suite, 'fixtures/verdicts.json is of another suite: make it again');
    assert.deepEqual(
      notSaid.filter(({ what }) => !what.startsWith('logicalType:')),
      [],
    );
    const isRule = 'quality' in promise.promise;
    const { version } = isRule ? ofRules : await dataset.run({ contract });
    const counting = version.checks.filter(
      ({ name }) => !name.endsWith('.declared') && (!isRule || name.split('.').at(-1) === `p${index}`),
    );
    const ours = counting.length > 0 && counting.every(({ verdict }) => verdict === 'pass');
    if (ours !== verdicts[index]?.success) differing.push({ ...promise, ours, theirs: verdicts[index]?.success });
  }
  assert.deepEqual(differing, []);
});
