import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shape } from '@tidegate/formats';
import { editYaml, parseYaml } from '../../config/index.ts';
import type { DataContract } from '../contract/data-contract.ts';
import { parseContract } from '../contract/parse-contract.ts';
import { testDataset } from '../test-dataset.ts';
import { proposeChanges, type Proposal } from './propose-changes.ts';
import { inferenceOf } from './test-infer.ts';

const before = `SELECT i AS id, hash(i) % 100 AS n, ['a', 'b', 'c'][1 + i % 3] AS k, 'K-' || lpad(CAST(i AS VARCHAR), 4, '0') AS code,
  'some words ' || hash(i) AS note FROM range(400) t(i)`;
const after = `SELECT i AS id, CASE WHEN i < 5 THEN NULL ELSE 40 + hash(i) % 100 END AS n, ['a', 'b', 'c', 'd'][1 + i % 4] AS k,
  ' free ' || i AS code, 'some words ' || hash(i) AS note, i % 2 = 0 AS flag FROM range(400) t(i)`;

function contractOf(text: string): DataContract {
  const parsed = parseContract({ file: 'c.yaml', text, dataset: 't' });
  assert.ok(parsed.ok, `${JSON.stringify(parsed)}\n${text}`);
  return parsed.value;
}

/** What would change in a data contract by the rows of a query, which it is judged by first. */
async function proposalOf(text: string, query: string): Promise<Proposal> {
  await using dataset = await testDataset();
  await dataset.writeParquet('t.parquet', query);
  const { version } = await dataset.run({ contract: text });
  return proposeChanges(contractOf(text), (await inferenceOf(query)).inferred, version.checks);
}

const told = ({ changes }: Proposal): readonly string[] => changes.map(({ column, what, kind }) => `${kind} ${what} of ${column ?? 'all'}`);

const expected = [
  'removed required of n',
  'loosened maximum of n',
  'loosened invalidValues of k',
  'removed unique of code',
  'changed pattern of code',
];

async function styles(): Promise<readonly (readonly [string, string])[]> {
  const { text } = await inferenceOf(before);
  const parsed = parseYaml('c.yaml', text, shape.anything());
  assert.ok(parsed.ok);
  return [
    ['as inference writes it', text],
    ['as JSON on one line', `${JSON.stringify(parsed.value)}\n`],
    ['as JSON over many lines', `${JSON.stringify(parsed.value, null, 2)}\n`],
    ['with the line ends of Windows', text.replaceAll('\n', '\r\n')],
  ];
}

test('an update leaves a data contract that says what inference says, whatever the style of the file', async () => {
  for (const [style, text] of await styles()) {
    const proposal = await proposalOf(text, after);
    const changed = editYaml(text, proposal.edits);

    const all = told(proposal);
    for (const one of expected.filter((statement) => !/of code/.test(statement)))
      assert.ok(all.includes(one), `${style}: ${one} in ${all.join('; ')}`);
    assert.ok(all.includes('added column of flag'), style);
    const again = await proposalOf(changed, after);
    assert.deepEqual([told(again), again.kept], [[], []], `${style}\n${changed}`);
  }
});

test('rows like those before change nothing', async () => {
  for (const [style, text] of await styles())
    assert.deepEqual(told(await proposalOf(text, before.replaceAll('hash(i)', 'hash(i + 1000)'))), [], style);
});

test('what a person took out, changed or wrote without inference stays, and is named where the rows do not keep it', async () => {
  const { text } = await inferenceOf(before);
  const edited = text
    .replace(/ *maximum: \d+ # greatest seen: 99.*\n/, '')
    .replace('validValues: ["a", "b", "c"]', 'validValues: ["a", "b"]')
    .replace(/(- name: "n"[\s\S]*?) *- \{ property: tidegate\.inferred.*\n/, '$1          - { property: other.tool, value: 1 }\n');
  const proposal = await proposalOf(edited, after);

  assert.deepEqual(
    told(proposal).filter((one) => / of (n|k)$/.test(one)),
    [],
  );
  assert.deepEqual(
    proposal.kept.map(({ check }) => check).filter((check) => /^[nk]\./.test(check)),
    ['n.required', 'n.between', 'k.valid_values'],
  );
  assert.match(proposal.kept.find(({ check }) => check === 'k.valid_values')?.evidence ?? '', /^200 of 400 rows break it$/);
});

test('a data contract without any note of inference is a person’s altogether', async () => {
  const text = `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - { name: id, logicalType: integer }
      - { name: n, logicalType: integer, logicalTypeOptions: { maximum: 50 } }
      - { name: k, logicalType: string }
      - { name: code, logicalType: string }
      - { name: note, logicalType: string }
`;
  const proposal = await proposalOf(text, before);

  assert.deepEqual(proposal.changes, []);
  assert.deepEqual(
    proposal.kept.map(({ check }) => check),
    ['n.maximum'],
  );
});

test('a primary key that rows no longer keep gives way to the one that they have, unless a person changed it', async () => {
  const keyed = (id: string): string => `SELECT ${id} AS id, 'K-' || lpad(CAST(i AS VARCHAR), 4, '0') AS code FROM range(400) t(i)`;
  const [unique, repeated] = [keyed('i'), keyed('i // 2')];
  for (const [style, text] of [
    ['as inference writes it', (await inferenceOf(unique)).text],
    ['as JSON', `${JSON.stringify(contractOf((await inferenceOf(unique)).text).document.value)}\n`],
  ] as const) {
    assert.deepEqual(told(await proposalOf(text, unique)), [], style);
    const proposal = await proposalOf(text, repeated);
    const changed = editYaml(text, proposal.edits);

    assert.deepEqual(
      proposal.changes.filter(({ what }) => what === 'primaryKey').map(({ column, kind, from, to }) => [column, kind, from, to]),
      [
        ['id', 'removed', 1, null],
        ['code', 'added', null, 1],
      ],
      style,
    );
    assert.match(proposal.changes.find(({ what }) => what === 'primaryKey')?.evidence ?? '', /^200 of 400 rows break it; code: /);
    assert.deepEqual(proposal.kept, []);
    assert.deepEqual(
      contractOf(changed).columns.map(({ name, keyPosition }) => [name, keyPosition]),
      [
        ['id', null],
        ['code', 1],
      ],
    );
    const again = await proposalOf(changed, repeated);
    assert.deepEqual([told(again), again.kept], [[], []], changed);
  }
  const { text } = await inferenceOf(unique);
  const persons = text.replace('primaryKeyPosition: 1', 'primaryKeyPosition: 2');
  assert.deepEqual(
    told(await proposalOf(persons, repeated)).filter((one) => one.includes('primaryKey')),
    [],
  );
  const none = await proposalOf(text, repeated.replace("lpad(CAST(i AS VARCHAR), 4, '0')", "lpad(CAST(i // 2 AS VARCHAR), 4, '0')"));
  assert.deepEqual(
    told(none).filter((one) => one.includes('primaryKey')),
    ['removed primaryKey of id'],
  );
});
