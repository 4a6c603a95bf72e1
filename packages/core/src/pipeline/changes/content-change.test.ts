import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ContentChange, contentChange } from './content-change.ts';

const change = (path: string, before: string, after: string): ContentChange =>
  contentChange({ path, before: Buffer.from(before), after: Buffer.from(after) });

test('a changed lock of packages names them with both versions', () => {
  const before =
    '# made by uv\nscikit-learn==1.9.0 \\\n    --hash=sha256:aa\nNumPy==2.0 --hash=sha256:bb\nold[extra]==1 ; python_version < "3.13"\n';
  const after = 'scikit_learn==1.9.1 --hash=sha256:cc\nnumpy==2.0 --hash=sha256:bb\nnew>=3\n';

  assert.deepEqual(change('requirements.txt', before, after), {
    kind: 'packages',
    changes: [
      { name: 'scikit-learn', before: '1.9.0', after: '1.9.1' },
      { name: 'new', before: null, after: '>=3' },
      { name: 'old', before: '1', after: null },
    ],
    more: 0,
  });
  const lock = (version: string) =>
    `version = 1\n\n[[package]]\nname = "numpy"\nversion = "${version}"\n[package.source]\nurl = "x"\n[[package]]\nname = "six"\nversion = "1"\n`;
  assert.deepEqual(change('uv.lock', lock('1.0'), lock('2.0')), {
    kind: 'packages',
    changes: [{ name: 'numpy', before: '1.0', after: '2.0' }],
    more: 0,
  });
  const renv = (version: string) => JSON.stringify({ Packages: { dplyr: { Package: 'dplyr', Version: version } } });
  assert.deepEqual(change('renv.lock', renv('1'), renv('2')), {
    kind: 'packages',
    changes: [{ name: 'dplyr', before: '1', after: '2' }],
    more: 0,
  });
});

test('a text of words is no lock of packages', () => {
  assert.equal(change('names.txt', 'one\n', 'two\n').kind, 'lines');
  assert.equal(change('requirements.in', 'one\n', 'two\n').kind, 'packages');
});

test('a lock with other hashes of the same versions is told by its lines', () => {
  assert.equal(change('requirements.txt', 'six==1 --hash=sha256:aa\n', 'six==1 --hash=sha256:bb\n').kind, 'lines');
});

test('a changed file of parameters names each with both values, whatever it is written in', () => {
  const expected = {
    kind: 'parameters',
    changes: [
      { name: 'train.depth', before: 3, after: 5 },
      { name: 'train.tags.1', before: 'b', after: 'c' },
      { name: 'seed', before: null, after: 7 },
      { name: 'old', before: true, after: null },
    ],
    more: 0,
  };

  assert.deepEqual(
    change('params.yaml', 'train: { depth: 3, tags: [a, b] }\nold: true\n', '# more\ntrain:\n  depth: 5\n  tags: [a, c]\nseed: 7\n'),
    expected,
  );
  assert.deepEqual(
    change('params.json', '{"train":{"depth":3,"tags":["a","b"]},"old":true}', '{"train":{"depth":5,"tags":["a","c"]},"seed":7}'),
    expected,
  );
  assert.deepEqual(
    change(
      'params.toml',
      'old = true\n[train]\ndepth = 3 # deep\ntags = [\n  "a",\n  "b",\n]\n',
      'train.depth = 5\ntrain.tags = ["a", "c"]\nseed = 7\n',
    ),
    expected,
  );
});

test('many changed parameters are cut, with how many more there are', () => {
  const values = (from: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`p${index}`, index + from])));

  const found = change('params.json', values(0), values(1));

  assert.deepEqual(found.kind === 'parameters' && [found.changes.length, found.more], [20, 10]);
});

test('a changed script is told by how many lines changed, and the first place', () => {
  assert.deepEqual(change('train.py', 'import a\nx = 1\ny = 2\nfit(x)\nsave()\n', 'import a\nx = 2\ny = 2\nz = 3\nfit(x)\nsave()\n'), {
    kind: 'lines',
    added: 2,
    removed: 1,
    first: { line: 2, removed: ['x = 1'], added: ['x = 2'] },
  });
  assert.deepEqual(change('train.py', 'a\nb\n', 'a\nnew\nb\n'), {
    kind: 'lines',
    added: 1,
    removed: 0,
    first: { line: 2, removed: [], added: ['new'] },
  });
});

test('a changed CSV file is told by its columns and rows', () => {
  assert.deepEqual(change('d.csv', 'id,"price",old\n1,2,3\n2,"a\nb",3\n', 'id;price;new\r\n1;2;3\r\n\r\n2;2;2\r\n3;3;3'), {
    kind: 'table',
    rows: { before: 2, after: 3 },
    added: ['new'],
    removed: ['old'],
    columns: [],
  });
});

test('what cannot be looked into is told by its size: no text, too large, unreadable, changed in form only', () => {
  assert.deepEqual(change('model.bin', 'a\0', 'abc'), { kind: 'bytes', before: 2, after: 3 });
  assert.deepEqual(contentChange({ path: 'x.txt', before: Buffer.from([0xff]), after: Buffer.from('abc') }), {
    kind: 'bytes',
    before: 1,
    after: 3,
  });
  const huge = Buffer.alloc((8 << 20) + 1, 'a');
  assert.deepEqual(contentChange({ path: 'x.txt', before: huge, after: Buffer.from('abc') }), {
    kind: 'bytes',
    before: huge.length,
    after: 3,
  });
  assert.equal(change('broken.json', '{"a":1}', '{"a":').kind, 'lines');
  assert.equal(change('same.json', '{"a":1}', '{ "a": 1 }').kind, 'lines');
  assert.deepEqual(change('ends.txt', 'a\r\nb\r\n', 'a\nb\n'), { kind: 'bytes', before: 6, after: 4 });
  assert.equal(change('hostile.yaml', 'a: &a [1]\n', `a: ${'['.repeat(5000)}`).kind, 'lines');
});

test('texts that have nothing in common are compared in bounded time', () => {
  const text = (word: string) => Array.from({ length: 60_000 }, (_, index) => `${word} ${index}`).join('\n');

  const found = change('notes.txt2', text('a'), text('b'));

  assert.deepEqual(found.kind === 'lines' && [found.added, found.removed, found.first.added.length], [60_000, 60_000, 6]);
});
