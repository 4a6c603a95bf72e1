import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changePage, pageMarker } from './change-page.ts';
import { changeNamed } from './test-change.ts';

const hostile = '</details><script>|`@all`\n<!-- tidegate:ci other -->';
const context = { project: 'houses', runUrl: 'https://forge.example/run/1' };

test('a page begins with the marker of its project, then the verdict with its reason', () => {
  const lines = changePage(changeNamed('x'), context).split('\n');

  assert.equal(lines[0], pageMarker('houses'));
  assert.equal(lines[2], '## ❌ Tidegate: fail for <code>houses</code>');
  assert.equal(lines[4], '**x does not pass: x, and 1 more reason.**');
});

test('a page tells metrics and moved slices with their intervals, and folds slices that did not move', () => {
  const page = changePage(changeNamed('x'), context);

  assert.match(page, /\| <code>auc<\/code> \| 0\.7200 \(0\.7100 to 0\.7300\) \| 0\.7100 \(0\.7000 to 0\.7200\) \| −0\.01000 /);
  assert.match(
    page,
    /\*\*Slices that moved\*\* in auc[^]*<code>origin = JFK<\/code> \| 120 \|[^|]*\|[^|]*\| −0\.06000 \(−0\.08000 to −0\.04000\) \| fail \|/,
  );
  assert.match(page, /<summary>1 slice did not move<\/summary>/);
  assert.match(page, /size of the model \| 11 kB \| 12 kB/);
});

test('a name that looks like Markdown or HTML breaks nothing', () => {
  const [harmless, page] = [changePage(changeNamed('A name'), context), changePage(changeNamed(hostile), context)];
  const structure = (text: string): string => text.replaceAll(/[^<>|\n]+/g, (between) => (/^\/?[a-z]{2,}$/.test(between) ? between : '.'));

  assert.equal(structure(page), structure(harmless));
  assert.equal(page.split('<!--').length, 2);
  assert.doesNotMatch(page, /@all/);
});

test('a page is never longer than a comment may be, and says when something is left out', () => {
  const change = changeNamed('ü'.repeat(5_000));
  const many = { ...change, models: Array.from({ length: 300 }, () => change.models).flat() };

  const page = changePage(many, context);

  assert.ok(Buffer.byteLength(page) <= 60_000, `${Buffer.byteLength(page)} bytes`);
  assert.match(page, /The rest is too long for a comment/);
  assert.match(changePage(change, context), /\[This run\]\(https:\/\/forge\.example\/run\/1\)/);
});

test('a page tells tests that do not pass, flaky ones and those in quarantine as what they are', () => {
  const change = changeNamed('x');
  const cases = [
    { name: 'one', outcome: 'failed', durationMs: 1, message: 'no' },
    { name: 'two', outcome: 'flaky', durationMs: 1, message: 'now and then' },
    { name: 'three', outcome: 'failed', durationMs: 1, message: '', quarantine: { owner: 'anna', until: '2026-12-31' } },
    { name: 'four', outcome: 'passed', durationMs: 1, message: '' },
  ] as const;

  const page = changePage({ ...change, tests: [{ ...change.tests[0], cases } as (typeof change.tests)[number]] }, context);

  assert.match(page, /<summary>3 tests do not pass<\/summary>/);
  assert.match(page, /<code>one<\/code> \| failed \| no \|/);
  assert.match(page, /<code>two<\/code> \| flaky \| now and then \|/);
  assert.match(page, /<code>three<\/code> \| failed, in quarantine until 2026-12-31 \(anna\) \|/);
  assert.doesNotMatch(page, /<code>four<\/code>/);
});
