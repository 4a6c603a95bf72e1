import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { JsonObject } from '@tidegate/formats';
import { judgeImported } from '../test-judge-imported.ts';
import { importDbt } from './import-dbt.ts';

interface Verdict {
  readonly column: string | null;
  readonly test: JsonObject;
  readonly status: 'pass' | 'fail' | 'warn';
}

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const { tests } = JSON.parse(fixture('verdicts.json')) as { readonly tests: readonly Verdict[] };

test('rules from tests of dbt and dbt_utils find what dbt finds on the same rows', async () => {
  const imported = tests.map(({ column, test: given }) => {
    const model = column === null ? { name: 't', data_tests: [given] } : { name: 't', columns: [{ name: column, data_tests: [given] }] };
    return importDbt({ models: [model] }, 't') ?? assert.fail();
  });

  const ours = await judgeImported(fixture('rows.sql'), imported);

  const compared = tests.map((one, index) => ({ ...one, theirs: one.status === 'pass', ours: ours[index] ?? null }));
  assert.deepEqual(
    compared
      .filter((one) => one.ours !== null && one.ours !== one.theirs)
      .map((one) => `${one.column} ${JSON.stringify(one.test)}: ${one.status}`),
    [],
  );
  assert.deepEqual(
    compared.filter((one) => one.ours === null).map((one) => `${one.column} ${JSON.stringify(one.test)}`),
    [],
  );
  assert.ok(compared.filter((one) => !one.theirs).length > 300, 'hardly anything fails, so that nothing is compared');
});
