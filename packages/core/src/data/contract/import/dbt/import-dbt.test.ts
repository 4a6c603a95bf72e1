import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importContract } from '../import-contract.ts';
import { importDbt } from './import-dbt.ts';

/** The properties and rules of one model with this column and these tests. */
function imported(column: string, more = ''): ReturnType<typeof importContract> {
  const text = `version: 2\nmodels:\n  - name: orders\n${more}    columns:\n      - ${column}\n`;
  return importContract({ file: 'schema.yml', text, from: null, name: 'orders' });
}

test('tests of dbt itself become promises of a column, under either name of the list', () => {
  for (const key of ['tests', 'data_tests']) {
    const { document, notTaken, from } = imported(`{ name: a, ${key}: [not_null, unique, { accepted_values: { values: [x, y] } }] }`);

    assert.equal(from, 'dbt');
    assert.deepEqual(notTaken, []);
    assert.deepEqual(document['schema'], [
      {
        name: 'orders',
        logicalType: 'object',
        properties: [
          {
            name: 'a',
            required: true,
            unique: true,
            quality: [{ metric: 'invalidValues', arguments: { validValues: ['x', 'y'] }, mustBe: 0 }],
          },
        ],
      },
    ]);
  }
});

/** What a test of a column `a` becomes: its rules, or why there is none. */
const cases: readonly { readonly test: string; readonly rules: readonly unknown[] }[] = [
  {
    test: 'not_null: { config: { where: "b > 1" } }',
    rules: [{ type: 'sql', query: 'SELECT count(*) FROM (SELECT * FROM {object} WHERE b > 1) WHERE "a" IS NULL', mustBe: 0 }],
  },
  {
    test: 'not_null: { config: { severity: warn, warn_if: ">5" } }',
    rules: [{ type: 'sql', query: 'SELECT count(*) FROM {object} WHERE "a" IS NULL', mustBeLessOrEqualTo: 5, severity: 'warning' }],
  },
  {
    test: 'unique: { error_if: ">=10", warn_if: "!=0" }',
    rules: [10, 0].map((limit) => ({
      type: 'sql',
      query: 'SELECT count(*) FROM (SELECT "a" FROM {object} WHERE "a" IS NOT NULL GROUP BY "a" HAVING count(*) > 1)',
      ...(limit === 10 ? { mustBeLessThan: 10 } : { mustBe: 0, severity: 'warning' }),
    })),
  },
  {
    test: 'dbt_utils.accepted_range: { min_value: 1, max_value: 5, inclusive: false }',
    rules: [{ type: 'custom', engine: 'tidegate', implementation: { check: 'between', min: 1, max: 5, strictly: true } }],
  },
  {
    test: 'dbt_utils.accepted_range: { arguments: { max_value: "b + 1" } }',
    rules: [{ type: 'sql', query: 'SELECT count(*) FROM {object} WHERE NOT ("a" <= b + 1)', mustBe: 0 }],
  },
  { test: 'dbt_utils.not_empty_string: {}', rules: [{ type: 'custom', engine: 'tidegate', implementation: { check: 'notBlank' } }] },
  {
    test: 'dbt_expectations.expect_column_values_to_be_between: { min_value: 1, strictly: true, row_condition: "b > 2" }',
    rules: [
      {
        type: 'sql',
        query:
          'SELECT count(*) FROM {object} WHERE ((b > 2)) AND "a" IS NOT NULL AND NOT isnan(CAST("a" AS DOUBLE)) AND NOT coalesce("a" > 1, false)',
        mustBe: 0,
      },
    ],
  },
  { test: 'not_null: { enabled: false }', rules: ['it is switched off (enabled: false)'] },
  { test: 'not_null: { error_if: "between 1 and 3" }', rules: ['"between 1 and 3" is no comparison with a number'] },
  { test: 'dbt_utils.recency: { datepart: day, interval: 1 }', rules: ['no check of Tidegate says it'] },
  { test: 'other.thing: {}', rules: ['tests of the package "other" are not known'] },
];

for (const { test: given, rules } of cases)
  test(`a test of dbt becomes a rule, or it is said why not: ${given}`, () => {
    const made = importDbt({ models: [{ name: 'm', columns: [{ name: 'a', data_tests: [parsed(given)] }] }] }, 'm') ?? assert.fail();
    const found = [...(made.objects[0]?.properties[0]?.quality ?? []), ...(made.objects[0]?.quality ?? [])];
    const plain = found
      .map((rule) => Object.fromEntries(Object.entries(rule).filter(([name]) => name !== 'customProperties')))
      .filter((rule) => rule['type'] !== 'text');

    assert.deepEqual([...plain, ...made.notTaken.map(({ why }) => why)], rules);
  });

function parsed(text: string): never {
  const [, name = '', given = '{}'] = /^([\w.]+): (.*)$/.exec(text) ?? [];
  const json = given.replaceAll(/([{,] *)([a-z_]+):/g, '$1"$2":').replaceAll(/: (?!true|false)([a-z]+)/g, ': "$1"');
  return JSON.parse(`{"${name}": ${json}}`) as never;
}

test('what a model contract enforces becomes types, keys and conditions; what it does not enforce is documentation', () => {
  const columns = '{ name: a, data_type: "numeric(10, 2)", constraints: [{ type: not_null }, { type: check, expression: "a > 0" }] }';
  const enforced = imported(
    columns,
    '    config: { contract: { enforced: true } }\n    constraints: [{ type: primary_key, columns: [a] }]\n',
  );
  const loose = imported(columns);

  assert.deepEqual(enforced.document['schema'], [
    {
      name: 'orders',
      logicalType: 'object',
      quality: [
        { type: 'custom', engine: 'tidegate', implementation: { check: 'condition', sql: 'a > 0' } },
        { type: 'custom', engine: 'tidegate', implementation: { check: 'columnsAre', columns: ['a'] } },
      ],
      properties: [
        { name: 'a', logicalType: 'number', physicalType: 'numeric(10, 2)', required: true, primaryKey: true, primaryKeyPosition: 1 },
      ],
    },
  ]);
  assert.deepEqual(
    loose.notTaken.map(({ what, why }) => [what, why]),
    [
      ['constraint not_null', 'dbt holds to it only with "contract: { enforced: true }"'],
      ['constraint check a > 0', 'dbt holds to it only with "contract: { enforced: true }"'],
    ],
  );
});

test('a relationship is in the document, and told not to be measured', () => {
  const { document, notTaken } = imported(
    "{ name: a, tests: [{ relationships: { to: source('raw', 'stores'), field: id } }] }".replace(/source\(.*?\)/, '"$&"'),
  );

  assert.match(JSON.stringify(document), /"relationships":\[\{"type":"foreignKey","to":"stores.id"\}\]/);
  assert.deepEqual(
    notTaken.map(({ isNearly }) => isNearly),
    [true],
  );
});
