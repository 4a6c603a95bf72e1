import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { StepRecord } from '@tidegate/formats';
import { makeTestProject, type TestProject } from '../test-project.ts';

/** Kept between test runs, as the example's environment is: pyarrow is large. */
process.env['TIDEGATE_VIRTUAL_ENVIRONMENTS'] ??= join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'tidegate',
  'virtual-environments',
);

const lock = readFileSync(resolve(import.meta.dirname, '../../../../../examples/flight-delays/requirements.txt'), 'utf8');
const pyarrow = /^pyarrow==[^#]*?--hash=\S+$(?!\s*\\)/ms.exec(lock.replaceAll(/\n {4}# .*/g, ''))?.[0] ?? '';

const rule = (words: string, name: string): string =>
  `{ id: ${name}, type: custom, engine: tidegate, implementation: { check: python, function: 'checks.py:${name}'${words} } }`;

function withChecks(t: TestContext, functions: string, rules: readonly string[], python = 'requirements: requirements.txt'): TestProject {
  return makeTestProject(t, {
    'tidegate.yaml': `version: 1\npython: { ${python} }\ndata: { t: { from: { files: t.csv }, contract: t.odcs.yaml } }\n`,
    't.odcs.yaml': [
      'apiVersion: v3.1.0\nkind: DataContract\nid: t\nversion: 1.0.0\nstatus: active\nschema:\n  - name: t\n    quality:',
      ...rules.map((one) => `      - ${one}`),
      '    properties:\n      - { name: id, logicalType: integer, primaryKey: true }',
      '      - { name: n, logicalType: integer }\n      - { name: who, logicalType: string, customProperties: [{ property: tidegate.personal, value: true }] }\n',
    ].join('\n'),
    't.csv': `id,n,who\n${Array.from({ length: 70_000 }, (_, index) => `${index},${index % 100},person${index}\n`).join('')}`,
    'checks.py': functions,
    'requirements.txt': `${pyarrow}\n`,
  });
}

async function checksOf(project: TestProject): Promise<StepRecord> {
  const { record } = await project.run();
  return record.steps.find(({ step }) => step === 'checks.t') ?? assert.fail('no step checks.t');
}

test(
  'Python functions over Arrow batches name rows by mask, by number, by count and one batch after the other; personal columns are kept from them',
  { timeout: 600_000 },
  async (t) => {
    const functions = `
import pyarrow.compute as pc

def mask(batch):
    assert batch.schema.names == ["id", "n"], batch.schema.names
    return pc.equal(batch["n"], 99)

def numbers(batch):
    return [3, 1] if batch.num_rows > 60000 else []

def counted(batch):
    return 0 if batch.num_rows > 60000 else 7

def rising(batches):
    last = None
    for batch in batches:
        first = batch["id"][0].as_py()
        yield 0 if last is None or first == last + 1 else 1
        last = batch["id"][batch.num_rows - 1].as_py()

def everybody(batch):
    return pc.equal(batch["who"], "person4")
`;
    const project = withChecks(t, functions, [
      rule('', 'mask'),
      rule('', 'numbers'),
      rule(', mustBeLessOrEqualTo: 7', 'counted'),
      rule('', 'rising'),
      rule(', columns: [who]', 'everybody'),
    ]);

    const { evidence, failure, key } = await checksOf(project);

    assert.equal(failure, null);
    assert.deepEqual(
      evidence.map(({ name, verdict, reason }) => `${name} ${verdict}: ${reason}`),
      [
        'mask fail: mask of checks.py finds nothing: 700 of 70000 rows break it',
        'numbers fail: numbers of checks.py finds nothing: 2 of 70000 rows break it',
        'counted pass: counted of checks.py finds nothing: 7 of 70000 rows break it',
        'rising pass: rising of checks.py finds nothing: 0 of 70000 rows break it',
        'everybody fail: everybody of checks.py finds nothing: 1 of 70000 rows breaks it',
      ],
    );
    const examples = evidence.map(({ details }) => (details as { readonly examples: unknown }).examples);
    assert.deepEqual(examples.slice(0, 2), [
      [99, 199, 299, 399, 499].map((id) => ({ id, n: 99 })),
      [
        { id: 1, n: 1 },
        { id: 3, n: 3 },
      ],
    ]);
    assert.deepEqual(examples[4], [{ id: 4, who: '(personal)' }]);

    project.write({ 'checks.py': functions.replace('99)', '98)') });
    const changed = await checksOf(project);
    assert.notEqual(changed.key, key, 'another function is another key');
  },
);

test(
  'what a Python function does wrong is said first, with its line; of personal columns nothing is shown',
  { timeout: 600_000 },
  async (t) => {
    const cases: readonly (readonly [string, string, RegExp])[] = [
      [
        'def wrong(batch):\n    return batch["gone"]\n',
        '',
        /^KeyError: 'Field "gone" does not exist in schema' \(checks.py:2\): cannot judge "wrong"$/,
      ],
      [
        'def wrong(batch):\n    raise ValueError(batch["who"][0].as_py())\n',
        ', columns: [who]',
        /^ValueError, whose text is not shown, .* \(checks.py:2\)/,
      ],
      ['def other(batch):\n    return 0\n', '', /^Cannot judge "wrong" by "wrong" of checks.py: the file has no function of that name$/],
      ['def wrong(batch):\n    return True\n', '', /: it returned True, which is no number of rows, no mask and no list of row numbers$/],
      ['def wrong(batch):\n    return [True]\n', '', /: it returned a mask of 1 values for a batch of 65536 rows$/],
      ['def wrong(batch):\n    return [70000]\n', '', /: it named row 70000 of a batch of 65536 rows, counted from 0$/],
      ['def wrong(batch:\n', '', /^SyntaxError: .* \(checks.py:1\): cannot judge "wrong"$/],
      ['def wrong(batch):\n    while True: pass\n', ', timeout: 1s', /: it ran longer than 1 s$/],
      ['import os\ndef wrong(batch):\n    os._exit(3)\n', '', /: Python ended with exit code 3$/],
    ];
    for (const [text, words, message] of cases) {
      const { failure } = await checksOf(withChecks(t, text, [rule(words, 'wrong')]));
      assert.deepEqual([failure?.code], ['TG-DATA-PYTHON-CHECK'], text);
      assert.match(failure?.message.split('\n')[0] ?? '', message);
      assert.doesNotMatch(JSON.stringify(failure), /person\d/);
    }
  },
);

test(
  'functions import what their check uses, which is in the key; errors name the files and lines that led there, and what is to be named',
  { timeout: 600_000 },
  async (t) => {
    const functions = `
from beside import limit
from shared.rules import above

def broken(batch):
    return above(batch["n"], limit)
`;
    const rules = 'import pyarrow.compute as pc\n\ndef above(column, limit):\n    return pc.greater(column, limit)\n';
    const uses = ', uses: [beside.py, shared/**]';
    const project = withChecks(t, functions, [rule(uses, 'broken')]);
    project.write({ 'beside.py': 'limit = 98\n', 'shared/rules.py': rules });

    const { evidence, failure, key, facts } = await checksOf(project);

    assert.equal(failure, null);
    assert.deepEqual(
      evidence.map(({ reason }) => reason),
      ['broken of checks.py finds nothing: 700 of 70000 rows break it'],
    );
    const { broken: peak } = facts['peakBytes'] as { readonly broken: number };
    assert.ok(peak > 20e6 && peak < 2e9, String(peak));

    project.write({ 'shared/rules.py': rules.replace('greater', 'greater_equal') });
    const changed = await checksOf(project);
    assert.notEqual(changed.key, key, 'another helper is another key');
    assert.match(changed.evidence[0]?.reason ?? '', /1400 of 70000/);

    project.write({ 'shared/rules.py': 'def above(column, limit):\n    return column.nonsense(limit)\n' });
    const { failure: raised } = await checksOf(project);
    assert.match(
      raised?.message ?? '',
      /^AttributeError: .*nonsense.* \(shared\/rules\.py:2, called at checks\.py:6\): cannot judge "broken"$/,
    );

    project.write({ 'shared/rules.py': 'def above(\n' });
    assert.match((await checksOf(project)).failure?.message ?? '', /^SyntaxError: .* \(shared\/rules\.py:1, called at checks\.py:3\)/);

    const undeclared = withChecks(t, functions, [rule('', 'broken')]);
    undeclared.write({ 'beside.py': 'limit = 98\n', 'shared/rules.py': rules });
    const { failure: unnamed } = await checksOf(undeclared);
    assert.match(unnamed?.message ?? '', /^ModuleNotFoundError: No module named 'beside' \(checks\.py:2\)/);
    assert.match(unnamed?.hint ?? '', /"uses: \[beside\.py\]"$/);
  },
);

test('a function that takes more memory than its check may is ended, and told what it took', { timeout: 600_000 }, async (t) => {
  const greedy = 'import time\n\ndef greedy(batch):\n    kept = bytearray(900_000_000)\n    time.sleep(30)\n    return len(kept) * 0\n';
  const { failure } = await checksOf(withChecks(t, greedy, [rule(', memory: 500MB', 'greedy')]));

  assert.equal(failure?.code, 'TG-DATA-PYTHON-CHECK');
  assert.match(failure?.message ?? '', /: it took (0\.[5-9]\d|1\.\d\d) GB of memory, and may take 0\.50 GB$/);
  assert.match(failure?.hint ?? '', /raise "memory" of the check/);
});

test('rows that are long come in smaller batches, and in their order', { timeout: 600_000 }, async (t) => {
  const functions = `
def small(batch):
    assert batch.num_rows <= 4000, batch.num_rows
    return [index for index, place in enumerate(batch["id"].to_pylist()) if place in (0, 5999)]
`;
  const project = withChecks(t, functions, [rule('', 'small')]);
  const text = 'x'.repeat(20_000);
  project.write({ 't.csv': `id,n,who,long\n${Array.from({ length: 6000 }, (_, id) => `${id},1,a,${id}${text}\n`).join('')}` });
  const { evidence, failure } = await checksOf(project);

  assert.equal(failure, null);
  assert.deepEqual(
    evidence.flatMap(({ details }) => (details as { readonly examples: readonly { readonly id: number }[] }).examples.map(({ id }) => id)),
    [0, 5999],
  );
});

test('a Python without pyarrow is told how to get it', { timeout: 120_000 }, async (t) => {
  const project = withChecks(t, 'def f(batch):\n    return 0\n', [rule('', 'f')], 'requirements: none.txt');
  project.write({ 'none.txt': '# nothing\n' });
  const { failure } = await checksOf(project);

  assert.equal(failure?.code, 'TG-DATA-NO-PYARROW');
});

test('the functions of the page do what it says', { timeout: 600_000 }, async (t) => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../../../docs/reference/checks.md'), 'utf8');
  const blocks = [...page.matchAll(/^```python\n(.*?)^```$/gms)].map(([, text = '']) => text);
  assert.equal(blocks.length, 2);
  const project = withChecks(t, blocks.join('\n'), [rule('', 'no_overlap'), rule('', 'rising')]);
  project.write({
    't.csv':
      'id,sched_dep,arrived_at,n,who\n1,2013-01-01 08:00:00,2013-01-01 09:00:00,1,a\n2,2013-01-01 09:00:00,2013-01-01 08:30:00,1,b\n',
  });

  const { evidence, failure } = await checksOf(project);

  assert.equal(failure, null);
  assert.deepEqual(
    evidence.map(({ name, verdict }) => `${name} ${verdict}`),
    ['no_overlap fail', 'rising pass'],
  );
});
