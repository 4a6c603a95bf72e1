import assert from 'node:assert/strict';
import { test } from 'node:test';
import { junitFile } from '../packages/cli/src/ci/junit.ts';
import { changeNamed, evidenceOf, stepWith } from '../packages/cli/src/ci/test-change.ts';
import { parseJunit } from '../packages/core/src/commands/junit.ts';
import { readXml } from '../packages/core/src/commands/xml.ts';

/** Elements with the attributes they may have and must have, as the schema of Jenkins' xUnit plugin (junit-10) says. */
const schema: {
  readonly [element: string]: { readonly may: readonly string[]; readonly must: readonly string[]; readonly inside: readonly string[] };
} = {
  testsuites: { may: ['name', 'time', 'tests', 'failures', 'errors'], must: [], inside: [''] },
  testsuite: { may: ['time', 'skipped', 'timestamp'], must: ['name', 'tests', 'failures', 'errors'], inside: ['testsuites'] },
  testcase: { may: ['time', 'classname'], must: ['name'], inside: ['testsuite'] },
  failure: { may: ['type', 'message'], must: [], inside: ['testcase'] },
  error: { may: ['type', 'message'], must: [], inside: ['testcase'] },
  skipped: { may: ['type', 'message'], must: [], inside: ['testcase'] },
};

const text = 'a <b> & "c" ]]> \u0000\u001b[31m \ud800';

test('the JUnit file keeps the schema of Jenkins, whatever the texts in it are', () => {
  const open = [''];
  const mistakes: string[] = [];
  const complete = readXml(junitFile(changeNamed(text)), {
    open: ({ name, attributes }) => {
      const rule = schema[name];
      if (rule === undefined || !rule.inside.includes(open.at(-1) ?? '')) mistakes.push(`<${name}> in <${open.at(-1)}>`);
      for (const attribute of attributes.keys())
        if (!rule?.may.concat(rule.must).includes(attribute)) mistakes.push(`${name}/@${attribute}`);
      for (const attribute of rule?.must ?? []) if (!attributes.has(attribute)) mistakes.push(`${name} without @${attribute}`);
      for (const attribute of ['time']) if (!/^\d*(\.\d*)?$/.test(attributes.get(attribute) ?? '')) mistakes.push(`${name}/@time`);
      open.push(name);
    },
    text: () => {},
    close: () => open.pop(),
  });

  assert.ok(complete);
  assert.deepEqual(mistakes, []);
});

test('a reader of JUnit files finds every case again, with tests by their own names', () => {
  const cases = parseJunit(junitFile(changeNamed('x'))) ?? [];
  const outcomes = Object.fromEntries(cases.map(({ name, outcome }) => [name, outcome]));

  assert.deepEqual(outcomes, {
    'steps::data.houses': 'passed',
    'steps::models.delay': 'passed',
    'x::contract_change': 'failed',
    'data.houses::x': 'skipped',
    'models.delay::slice.origin=x': 'failed',
    'tests.unit::test_x': 'failed',
    'tests.unit::test_fine': 'passed',
    'tests.unit::test_later': 'skipped',
  });
});

test('invalid is an error, inconclusive that blocks a failure, a warning skipped, a step that could not be done an error with its code', () => {
  const change = changeNamed('x');
  const failure = { code: 'TG-COMMANDS-FAILED', message: 'Cannot train', hint: null };
  const steps = [
    stepWith('data.houses', [evidenceOf({ name: 'one', verdict: 'invalid' }), evidenceOf({ name: 'two', verdict: 'inconclusive' })]),
    stepWith('steps.train', [], { status: 'failed', failure }),
    stepWith('models.delay', [], { status: 'blocked', facts: { blockedBy: ['steps.train'] } }),
  ];

  const xml = junitFile({ ...change, run: { ...change.run, steps }, tests: [] });

  assert.match(xml, /name="one" time="0.000"><error type="invalid"/);
  assert.match(xml, /name="two" time="0.000"><failure type="inconclusive"/);
  assert.match(xml, /name="steps.train" time="1.200"><error type="TG-COMMANDS-FAILED" message="Cannot train">/);
  assert.match(xml, /name="models.delay" time="1.200"><skipped message="What it needs does not pass: steps.train"\/>/);
});
