import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { mkdtemp, rm, tmpdir, writeFile } from '../../../platform/index.ts';
import { documentIn } from '../judge/document-at.ts';
import { diffContractFiles } from './diff-contract-files.ts';
import { type ContractDiff, diffContracts } from './diff-contracts.ts';

const base = `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.2.0
status: active
slaProperties: [{ property: latency, value: 2, unit: d, element: t.at }]
schema:
  - name: t
    properties:
      - { name: a, logicalType: integer, required: true, logicalTypeOptions: { minimum: 0, maximum: 10 } }
      - { name: at, logicalType: timestamp }
      - name: c
        logicalType: string
        description: A code
        quality:
          - { id: known, metric: invalidValues, arguments: { validValues: [x, y] }, mustBe: 0 }
          - { id: few, metric: nullValues, mustBeLessThan: 5, unit: percent }
      - { name: l, logicalType: array, items: { logicalType: string, description: A tag, logicalTypeOptions: { maxLength: 3 } } }
      - { name: n, logicalType: object, properties: [{ name: m, logicalType: string }] }
`;

function between(before: string, after: string): ContractDiff {
  return diffContracts(documentIn({ file: 'old.yaml', text: before }), documentIn({ file: 'new.yaml', text: after }));
}

/** What a change of one piece of text makes. */
const rules: readonly (readonly [from: string, to: string, level: string | null, says: string])[] = [
  ['required: true', 'required: false', 'major', 'it is not required any more'],
  ['logicalType: timestamp', 'logicalType: timestamp, required: true', 'minor', 'it is required now'],
  ['minimum: 0', 'minimum: -1', 'major', 'minimum: 0 -> -1'],
  ['minimum: 0', 'minimum: 1', 'minor', 'minimum: 0 -> 1'],
  ['maximum: 10', 'maximum: 11', 'major', 'maximum: 10 -> 11'],
  [', maximum: 10', '', 'major', 'maximum was 10, and is not promised any more'],
  ['maximum: 10', 'maximum: 10, multipleOf: 2', 'minor', 'multipleOf is 2 now'],
  ['logicalType: integer', 'logicalType: number', 'major', 'logicalType: "integer" -> "number"'],
  ['logicalType: timestamp', 'logicalType: date', 'minor', 'logicalType: "timestamp" -> "date"'],
  ['name: at, ', 'name: at, unique: true, ', 'minor', 'it is unique now'],
  ['name: at, ', 'name: at, primaryKey: true, ', 'major', 'it is part of the primary key now'],
  ['name: at, ', 'name: at, physicalName: moment, ', 'major', 'the property is called "moment" now'],
  ['name: at, ', 'name: at, physicalType: TIMESTAMP, ', 'minor', 'physicalType: nothing -> "TIMESTAMP"'],
  ['      - { name: at, logicalType: timestamp }\n', '', 'major', 'the property is gone'],
  ['      - { name: at,', '      - { name: b }\n      - { name: at,', 'minor', 'the property is new'],
  ['[{ name: m, logicalType: string }]', '[]', 'major', 'the property is gone'],
  ['maxLength: 3', 'maxLength: 4', 'major', 'maxLength: 3 -> 4'],
  ['maxLength: 3', 'maxLength: 2', 'minor', 'maxLength: 3 -> 2'],
  ['A tag', 'A word', 'patch', 'description: "A tag" -> "A word"'],
  [
    ', items: { logicalType: string, description: A tag, logicalTypeOptions: { maxLength: 3 } }',
    '',
    'major',
    'what its items are: {"logicalType":"string","description":"A tag","logicalTypeOptions":{"maxLengt... -> nothing',
  ],
  ['A code', 'A carrier', 'patch', 'description: "A code" -> "A carrier"'],
  [
    '[x, y]',
    '[x, y, z]',
    'major',
    'the rule known measures something else: arguments {"validValues":["x","y"]} -> {"validValues":["x","y","z"]}',
  ],
  ['[x, y]', '[x]', 'minor', 'the rule known measures something else: arguments {"validValues":["x","y"]} -> {"validValues":["x"]}'],
  ['mustBeLessThan: 5', 'mustBeLessThan: 6', 'major', 'the limit of the rule few: mustBeLessThan 5 percent -> mustBeLessThan 6 percent'],
  ['mustBeLessThan: 5', 'mustBe: 0', 'minor', 'the limit of the rule few: mustBeLessThan 5 percent -> mustBe 0 percent'],
  [
    'mustBeLessThan: 5',
    'mustBeLessOrEqualTo: 5',
    'major',
    'the limit of the rule few: mustBeLessThan 5 percent -> mustBeLessOrEqualTo 5 percent',
  ],
  ['unit: percent }', 'unit: percent, severity: warning }', 'major', 'the rule few only warns now'],
  ['          - { id: few, metric: nullValues, mustBeLessThan: 5, unit: percent }\n', '', 'major', 'the rule few is gone'],
  ['value: 2', 'value: 3', 'major', 'value of slaProperties.latency: 2 -> 3'],
  ['value: 2, unit: d', 'value: 36, unit: h', 'minor', 'value of slaProperties.latency: 2 -> 36'],
  ['status: active', 'status: retired', 'major', 'status: "active" -> "retired"'],
  ['status: active', 'status: active\ntenant: sea', 'patch', 'tenant: nothing -> "sea"'],
  ['status: active', 'status: active\nservers: [{ server: s, type: local, path: a, format: csv }]', 'minor', 'servers.s is new'],
  [
    '  - name: t\n',
    '  - name: t\n    customProperties: [{ property: tidegate.time, value: at }]\n',
    'minor',
    'tidegate.time: nothing -> "at"',
  ],
  [
    'description: A code\n',
    'description: A code\n        customProperties: [{ property: tidegate.inferred, value: { limits: 1 } }]\n',
    'patch',
    'tidegate.inferred: nothing -> {"limits":1}',
  ],
  ['version: 1.2.0', 'version: 1.2.1', null, ''],
];

for (const [from, to, level, says] of rules)
  test(`${level ?? 'nothing'}: ${JSON.stringify(from)} -> ${JSON.stringify(to)}`, () => {
    assert.ok(base.includes(from), from);
    const found = between(
      base,
      base.replace(from, () => to),
    );

    assert.deepEqual([found.level, found.changes.map((change) => change.says)], [level, level === null ? [] : [says]]);
  });

test('a property is followed by its id, and a breaking change must be said by the version', () => {
  const named = base.replace('name: at,', 'id: at_id, name: at,');
  const renamed = named.replace('name: at,', 'name: moment,').replace('t.at', 't.moment');

  const silent = between(named, renamed);
  const said = between(named, renamed.replace('version: 1.2.0', 'version: 2.0.0'));

  assert.ok(silent.changes.some((change) => change.says === 'the property is called "moment" now'));
  assert.deepEqual([silent.level, silent.versionChange, silent.isDeclared], ['major', 'none', false]);
  assert.deepEqual([said.level, said.versionChange, said.isDeclared], ['major', 'major', true]);
});

test('a change names the columns that it is about by what the data calls them, before and after', () => {
  const named = base.replace('name: at,', 'id: at_id, name: at, physicalName: AT,');
  const changed = named
    .replace('physicalName: AT', 'physicalName: MOMENT')
    .replace('name: m, logicalType: string', 'name: m')
    .replace('1.2.0', '1.2.1');

  assert.deepEqual(
    between(named, changed.replace('value: 2', 'value: 3')).changes.map(({ property, columns }) => [property, columns]),
    [
      ['at', ['AT', 'MOMENT']],
      ['n.m', ['n']],
      [null, []],
    ],
  );
});

async function folderWith(t: TestContext, files: { readonly [name: string]: string }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-contract-diff-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

test('data says whether a weaker promise is used, a stronger one kept, and one that stays broken', async (t) => {
  const simple = `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.2.0
status: active
schema:
  - name: t
    properties:
      - { name: a, logicalType: integer, logicalTypeOptions: { maximum: 10 } }
      - { name: b, logicalType: integer, required: true }
`;
  const folder = await folderWith(t, {
    'old.yaml': simple,
    'weaker.yaml': simple.replace('maximum: 10', 'maximum: 20'),
    'stronger.yaml': simple.replace('maximum: 10', 'maximum: 5'),
    'small.csv': 'a,b\n1,1\n2,2\n',
    'middle.csv': 'a,b\n8,1\n2,2\n',
    'large.csv': 'a,b\n12,1\n2,2\n',
    'holes.csv': 'a,b\n1,1\n2,\n',
  });
  const levels = async (after: string, data: string): Promise<readonly (readonly unknown[])[]> => {
    const request = {
      before: 'old.yaml',
      after,
      data: [{ patterns: [data], object: null }],
      folder,
      now: 0,
      signal: new AbortController().signal,
    };
    const { changes } = await diffContractFiles(request);
    return changes.map(({ level, weighed, keepsOld, keepsNew, check }) => [check, level, weighed, keepsOld, keepsNew]);
  };

  assert.deepEqual(await levels('weaker.yaml', 'small.csv'), [['a.maximum', 'major', 'major', true, true]]);
  assert.deepEqual(await levels('weaker.yaml', 'large.csv'), [['a.maximum', 'major', 'major', false, true]]);
  assert.deepEqual(await levels('stronger.yaml', 'small.csv'), [['a.maximum', 'minor', 'minor', true, true]]);
  assert.deepEqual(await levels('stronger.yaml', 'middle.csv'), [['a.maximum', 'minor', 'major', true, false]]);
  assert.deepEqual(await levels('old.yaml', 'small.csv'), []);
  assert.deepEqual(await levels('old.yaml', 'holes.csv'), [['b.required', 'major', 'major', false, false]]);
});
