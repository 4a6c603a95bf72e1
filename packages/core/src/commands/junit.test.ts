import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJunit } from './junit.ts';

const report = (cases: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" errors="0">${cases}</testsuite></testsuites>`;

test('parseJunit reads what pytest writes', () => {
  const cases = parseJunit(
    report(`<testcase classname="tests.unit.test_a" name="test_one" time="0.001" />
<testcase classname="tests.unit.test_a" name="test_two[a&lt;b &amp; &#34;c&#34;]" time="1.5"><failure message="assert 1 == 2">def test_two():
&gt;       assert 1 == 2
E       assert 1 == 2</failure></testcase>
<testcase classname="" name="tests.unit.test_b" time="0"><error message="collection failure">ImportError</error></testcase>
<testcase classname="c" name="d" time="x"><skipped type="pytest.skip" message="no GPU">/a.py:1: no GPU</skipped></testcase>
<testcase name="e"><system-out>&lt;testcase name="planted"&gt; <![CDATA[<testcase name="planted">]]></system-out></testcase>
<testcase name="f"><failure message="call"/><error message="teardown"/></testcase>`),
  );

  assert.deepEqual(cases, [
    { name: 'tests.unit.test_a::test_one', durationMs: 1, outcome: 'passed', message: '' },
    {
      name: 'tests.unit.test_a::test_two[a<b & "c"]',
      durationMs: 1500,
      outcome: 'failed',
      message: 'assert 1 == 2\ndef test_two():\n>       assert 1 == 2\nE       assert 1 == 2',
    },
    { name: 'tests.unit.test_b', durationMs: 0, outcome: 'failed', message: 'collection failure\nImportError' },
    { name: 'c::d', durationMs: 0, outcome: 'skipped', message: 'no GPU\n/a.py:1: no GPU' },
    { name: 'e', durationMs: 0, outcome: 'passed', message: '' },
    { name: 'f', durationMs: 0, outcome: 'failed', message: 'call\nteardown' },
  ]);
});

test('parseJunit takes no report that is cut off, damaged or something else', () => {
  const whole = report('<testcase name="a"/><testcase name="b"><failure message="x">y</failure></testcase>');

  assert.equal(parseJunit(whole)?.length, 2);
  for (let length = 0; length < whole.length; length += 1) assert.equal(parseJunit(whole.slice(0, length)), null, whole.slice(0, length));
  for (const text of [
    '',
    'x',
    '<html></html>',
    `${whole}<a/>`,
    `x${whole}`,
    whole.replace('</failure>', '</error>'),
    whole.replace('"a"', 'a'),
    whole.replace('name="a"', 'name="<"'),
  ])
    assert.equal(parseJunit(text), null, text);
});

test('parseJunit expands no entities and refuses document types', () => {
  const bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c SYSTEM "file:///etc/passwd">]>';

  assert.equal(parseJunit(bomb + report('<testcase name="&b;"/>')), null);
  assert.equal(parseJunit(report('<testcase name="&b;&c; &#x110000;"/>'))?.[0]?.name, '&b;&c; &#x110000;');
});

test('parseJunit is linear in what is made to hurt, and bounds what it keeps', () => {
  const before = process.cpuUsage();
  const size = 2_000_000;
  const long = parseJunit(report(`<testcase name="a"><failure message="${'m'.repeat(size)}">${'t'.repeat(size)}</failure></testcase>`));

  assert.equal(long?.[0]?.message.length, 4000);
  for (const unit of ['<', '<a ', '<a>', 'a', '<a b="', '&', '&#', '<!--', '<![CDATA[', '<a b="c" ', '="', '"', '<testcase ', '</a>'])
    assert.equal(parseJunit(`<testsuite>${unit.repeat(size / unit.length)}`), null, unit);
  assert.equal(parseJunit(`<testsuite ${'a'.repeat(size)}`), null);
  assert.ok(process.cpuUsage(before).user < 10e6);
});

test('parseJunit gives back any name and message that is written into a report', () => {
  const escape = (text: string): string => [...text].map((sign) => `&#${sign.codePointAt(0)};`).join('');
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme', maxLength: 100 }), (name, message) => {
      const cases = parseJunit(report(`<testcase name="${escape(name)}"><failure message="${escape(message)}"/></testcase>`));
      assert.deepEqual([cases?.[0]?.name, cases?.[0]?.message], [name, message.trim()]);
    }),
  );
});

test('parseJunit takes places and later tries that others write', () => {
  const cases = parseJunit(
    '<testsuites><testsuite name="a"><testsuite name="b">' +
      '<testcase name="one" file="src/a.test.ts" line="12"/>' +
      '<testcase name="two" file="src/a.test.ts" line="0"><failure message="no">tests/test_b.py:7: AssertionError</failure></testcase>' +
      '<testcase name="three"><flakyFailure message="late">Too late</flakyFailure></testcase>' +
      '</testsuite></testsuite></testsuites>',
  );

  assert.deepEqual(cases, [
    { name: 'one', durationMs: 0, outcome: 'passed', message: '', place: { file: 'src/a.test.ts', line: 12 } },
    {
      name: 'two',
      durationMs: 0,
      outcome: 'failed',
      message: 'no\ntests/test_b.py:7: AssertionError',
      place: { file: 'tests/test_b.py', line: 7 },
    },
    { name: 'three', durationMs: 0, outcome: 'flaky', message: 'late\nToo late' },
  ]);
});
