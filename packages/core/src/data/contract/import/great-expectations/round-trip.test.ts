import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { canonicalJson, type Json, type JsonObject } from '@tidegate/formats';
import { writeYaml } from '../../../../config/index.ts';
import { exportContract } from '../../export/export-contract.ts';
import { contractDocument } from '../contract-document.ts';
import type { ImportedContract } from '../foreign-rules.ts';
import { importSuite } from './import-suite.ts';

const expectations = JSON.parse(readFileSync(new URL('fixtures/expectations.json', import.meta.url), 'utf8')) as readonly JsonObject[];

/** Everything that is promised, in an order of its own. */
function promises({ objects }: ImportedContract): readonly string[] {
  const rules = objects.flatMap(({ quality, properties }) => [
    ...quality.map((rule) => canonicalJson(rule)),
    ...properties.flatMap(({ name, quality = [], ...members }) => [
      canonicalJson([name, members]),
      ...quality.map((rule) => canonicalJson([name, rule])),
    ]),
  ]);
  return [...new Set(rules)].toSorted();
}

test('a suite says the same after it has been a data contract', () => {
  for (const expectation of expectations) {
    const imported = importSuite({ name: 's', expectations: [expectation] }, 't') ?? assert.fail();
    if (imported.notTaken.length > 0 || /_type/.test(String(expectation['type']))) continue;
    const text = writeYaml(contractDocument(imported) as Json, 'imported');
    const { text: suite, notSaid } = exportContract({ file: 't.yaml', text, dataset: 't' }, 'great-expectations');
    const again = importSuite(JSON.parse(suite) as Json, 't') ?? assert.fail();

    assert.deepEqual(promises(again), promises(imported), `${JSON.stringify(expectation)} became ${suite}`);
    assert.deepEqual(notSaid, [], JSON.stringify(expectation));
  }
});

test('a query that was changed since it was an expectation does not become it again', () => {
  const imported = importSuite(
    { name: 's', expectations: [{ type: 'expect_column_values_to_be_in_set', kwargs: { column: 'a', value_set: [1], mostly: 0.9 } }] },
    't',
  );
  const text = writeYaml(contractDocument(imported ?? assert.fail()) as Json, 'imported');
  const kept = exportContract({ file: 't.yaml', text, dataset: 't' }, 'great-expectations');
  const changed = exportContract({ file: 't.yaml', text: text.replace('0.9\n', '0.8\n'), dataset: 't' }, 'great-expectations');

  assert.match(kept.text, /expect_column_values_to_be_in_set/);
  assert.doesNotMatch(changed.text, /expect_column_values_to_be_in_set/);
  assert.deepEqual(changed.notSaid, [{ column: 'a', what: 'sql', why: 'a query in the SQL of DuckDB is no expectation' }]);
});
