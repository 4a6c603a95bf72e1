import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shape } from '@tidegate/formats';
import { editYaml, type YamlEdit } from './edit-yaml.ts';
import { parseYaml } from './parse-yaml.ts';

const text = `# head
a: 1 # seen: 1
list: # of things
  - name: x   # first
    flow: { p: 1, q: [1, 2] }
    empty: {}
  - name: y
    more:
      deep: |
        text
# tail
`;

const valueOf = (yaml: string): unknown => {
  const parsed = parseYaml('a.yaml', yaml, shape.anything());
  assert.ok(parsed.ok, yaml);
  return JSON.parse(JSON.stringify(parsed.value));
};

const cases: readonly (readonly [string, readonly YamlEdit[], string])[] = [
  [
    'a value with its comment',
    [{ kind: 'set', path: ['a'], text: '2', comment: 'seen: 2', replaces: /seen/ }],
    text.replace('a: 1 # seen: 1', 'a: 2 # seen: 2'),
  ],
  [
    'a value whose comment is a person’s',
    [{ kind: 'set', path: ['list', 0, 'name'], text: 'z', comment: 'new', replaces: /seen/ }],
    text.replace('name: x ', 'name: z '),
  ],
  [
    'a member of a mapping in braces',
    [{ kind: 'add', path: ['list', 0, 'flow'], name: 'r', text: '3' }],
    text.replace('q: [1, 2] }', 'q: [1, 2], r: 3 }'),
  ],
  ['a member of an empty mapping', [{ kind: 'add', path: ['list', 0, 'empty'], name: 'r', text: '3' }], text.replace('{}', '{ r: 3 }')],
  [
    'a member after a block',
    [{ kind: 'add', path: ['list', 1], name: 'r', text: '3', comment: 'why' }],
    text.replace('        text\n', '        text\n    r: 3 # why\n'),
  ],
  [
    'an item of a list',
    [{ kind: 'append', path: ['list'], text: '{ name: z }' }],
    text.replace('        text\n', '        text\n  - { name: z }\n'),
  ],
  ['an item of a list in brackets', [{ kind: 'append', path: ['list', 0, 'flow', 'q'], text: '3' }], text.replace('[1, 2]', '[1, 2, 3]')],
  ['a member of braces taken out', [{ kind: 'remove', path: ['list', 0, 'flow', 'p'] }], text.replace('p: 1, ', '')],
  ['the last member of braces taken out', [{ kind: 'remove', path: ['list', 0, 'flow', 'q'] }], text.replace(', q: [1, 2]', '')],
  ['a line taken out', [{ kind: 'remove', path: ['list', 0, 'empty'] }], text.replace('    empty: {}\n', '')],
  ['an item taken out', [{ kind: 'remove', path: ['list', 1] }], text.replace(/ {2}- name: y[^#]*/, '')],
];

for (const [name, edits, expected] of cases)
  test(`editYaml changes nothing beside ${name}`, () => {
    const edited = editYaml(text, edits);

    assert.equal(edited, expected);
    valueOf(edited);
  });

test('several edits at once are each made, those at one place in their order', () => {
  const edited = editYaml(text, [
    { kind: 'add', path: ['list', 0], name: 'r', text: '1' },
    { kind: 'set', path: ['a'], text: '5' },
    { kind: 'add', path: ['list', 0], name: 's', text: '2' },
    { kind: 'remove', path: ['list', 1, 'more'] },
  ]);

  assert.deepEqual(valueOf(edited), { a: 5, list: [{ name: 'x', flow: { p: 1, q: [1, 2] }, empty: {}, r: 1, s: 2 }, { name: 'y' }] });
  assert.ok(edited.indexOf('r: 1') < edited.indexOf('s: 2'));
});

test('a file without a last line end, and one with those of Windows, stay what they are', () => {
  assert.deepEqual(valueOf(editYaml('a:\n  b: 1', [{ kind: 'add', path: ['a'], name: 'c', text: '2' }])), { a: { b: 1, c: 2 } });
  assert.deepEqual(
    valueOf(editYaml('a:\r\n  b: 1 # seen\r\nd: 3\r\n', [{ kind: 'set', path: ['a', 'b'], text: '2', comment: 'seen', replaces: /seen/ }])),
    {
      a: { b: 2 },
      d: 3,
    },
  );
});
