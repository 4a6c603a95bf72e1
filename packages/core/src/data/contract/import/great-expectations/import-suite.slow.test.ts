import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { JsonObject } from '@tidegate/formats';
import { judgeImported } from '../test-judge-imported.ts';
import { importSuite } from './import-suite.ts';

interface Verdict {
  readonly type: string;
  readonly kwargs: JsonObject;
  /** Null where the tool raised an error, a text where it refused the expectation. */
  readonly success: boolean | string | null;
}

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const verdictsOf = (name: string): readonly Verdict[] => (JSON.parse(fixture(name)) as { readonly verdicts: readonly Verdict[] }).verdicts;

/** What is taken on purpose in another way, which docs/how-to/bring-checks-along.md says. */
function differsOnPurpose({ type, kwargs }: Verdict): boolean {
  const isOfType = type === 'expect_column_values_to_be_of_type' || type === 'expect_column_values_to_be_in_type_list';
  // 0.18 passes over strict bounds of this one, and gives equal values no score; version 1 does what is said, and so do we
  const isMended =
    (type === 'expect_table_row_count_to_be_between' && kwargs['strict_min'] === true) ||
    (type === 'expect_column_value_z_scores_to_be_less_than' && kwargs['column'] === 'one');
  // a whole number is a number too; and a sum of no values is nothing that could be judged
  return (
    isMended || (isOfType && kwargs['column'] === 'id') || (type === 'expect_column_sum_to_be_between' && kwargs['column'] === 'nothing')
  );
}

for (const name of ['verdicts-1.json', 'verdicts-0.18.json'])
  test(`rules from a suite find what Great Expectations finds on the same rows: ${name}`, async () => {
    const all = verdictsOf(name).filter(({ success }) => typeof success === 'boolean');
    const imported = all.map(({ type, kwargs }) => importSuite({ name: 's', expectations: [{ type, kwargs }] }, 't') ?? assert.fail());
    const ours = await judgeImported(fixture('rows.sql'), imported);
    const compared = all.map(({ type, kwargs, success }, index) => ({ type, kwargs, theirs: success, ours: ours[index] ?? null }));
    const missed = compared.filter((one) => one.ours === null).map(({ type }) => type);

    assert.deepEqual(
      compared.filter((one) => one.ours !== null && one.ours !== one.theirs && !differsOnPurpose({ ...one, success: null })),
      [],
    );
    assert.deepEqual(missed, [
      'expect_column_values_to_be_in_set', // its row_condition calculates
      'expect_column_values_to_match_regex', // look-around
      'expect_column_values_to_be_increasing',
      'expect_column_kl_divergence_to_be_less_than',
    ]);
    assert.ok(compared.filter(({ theirs }) => theirs === false).length > 100, 'hardly anything fails, so that nothing is compared');
  });

test('what a suite says beyond our checks is told and stays in the data contract in words', () => {
  const imported = importSuite(
    {
      expectation_suite_name: 'old',
      expectations: [
        { expectation_type: 'expect_column_values_to_be_increasing', kwargs: { column: 'a' } },
        { expectation_type: 'expect_nothing_known', kwargs: { a: 1 } },
        { expectation_type: 'expect_column_values_to_be_in_set', kwargs: { column: 'a', value_set: [1], row_condition: 'b % 2 == 0' } },
      ],
    },
    't',
  );

  assert.deepEqual(
    imported?.notTaken.map(({ column, what, why }) => [column, what, why]),
    [
      [
        'a',
        'expect_column_values_to_be_increasing(column="a")',
        'rows of a dataset have no order of their own: write the check "increasing" with "orderBy"',
      ],
      [null, 'expect_nothing_known(a=1)', 'no check of Tidegate says it'],
      [
        'a',
        'expect_column_values_to_be_in_set(column="a", value_set=[1], row_condition="b % 2 == 0")',
        'its row_condition cannot be read as SQL',
      ],
    ],
  );
  assert.equal(imported?.objects[0]?.properties[0]?.quality?.length, 2);
  assert.equal(imported?.objects[0]?.quality[0]?.['type'], 'text');
});

test('severity and notes of an expectation stay with its rule', () => {
  const given = {
    type: 'expect_column_values_to_not_be_null',
    kwargs: { column: 'a' },
    severity: 'warning',
    meta: { notes: { content: ['why'] } },
  };

  assert.deepEqual(importSuite({ name: 's', expectations: [given] }, 't')?.objects[0]?.properties, [
    { name: 'a', quality: [{ description: 'why', metric: 'nullValues', mustBe: 0, severity: 'warning' }] },
  ]);
});

test('a document that is no suite is none', () => {
  assert.deepEqual([importSuite([], 't'), importSuite({ expectations: 3 }, 't'), importSuite('x', 't')], [null, null, null]);
});
