import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { errorCatalogue } from '@tidegate/formats';

const root = resolve(import.meta.dirname, '../..');
const living = Object.entries(errorCatalogue).flatMap(([code, entry]) => ('retired' in entry ? [] : [code]));
const isTest = /\.(test|conformance)\.ts$|\/scenario\.json$|\.expected\.txt$/;
const files = ['packages', 'tools', 'e2e'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/node_modules|\/dist\b/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name)),
);
const tests = files.filter((path) => isTest.test(path) && !path.endsWith('tools/check/errors.test.ts'));
const sources = files.filter(
  (path) =>
    path.startsWith(join(root, 'packages')) && path.endsWith('.ts') && !isTest.test(path) && !/\/fixtures\/|\/src\/errors\//.test(path),
);

/** Codes that a file gives to a failure: those it compares one with do not count. */
function raisedIn(path: string): readonly string[] {
  const code = withoutComments(readFileSync(path, 'utf8')).replaceAll(/[!=]== 'TG-[A-Z0-9-]+'/g, '');
  return [...code.matchAll(/'(TG-[A-Z0-9-]+)'/g)].map((match) => match[1] ?? '');
}

function codesIn(text: string): readonly string[] {
  return text.match(/TG-[A-Z0-9]+(?:-[A-Z0-9]+)+/g) ?? [];
}

function withoutComments(source: string): string {
  return source.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
}

test('every error code has a section in docs/errors.md or below docs/errors, and every section a code', () => {
  const pages = readdirSync(join(root, 'docs/errors')).filter((name) => name.endsWith('.md'));
  const sections = pages.flatMap((name) =>
    [...readFileSync(join(root, 'docs/errors', name), 'utf8').matchAll(/^## (TG-[A-Z0-9-]+)/gm)].map((match) => match[1] ?? ''),
  );

  assert.deepEqual(sections.toSorted(), Object.keys(errorCatalogue).toSorted());
});

test('docs/errors.md links every page of errors', () => {
  const index = readFileSync(join(root, 'docs/errors.md'), 'utf8');

  for (const page of readdirSync(join(root, 'docs/errors')))
    assert.ok(index.includes(`errors/${page}`), `docs/errors.md does not link errors/${page}`);
});

test('every code that the source raises is in the catalogue, and every living code of the catalogue is raised somewhere', () => {
  const raised = new Set(sources.flatMap(raisedIn));

  assert.deepEqual(
    [...raised].filter((code) => !Object.hasOwn(errorCatalogue, code)),
    [],
  );
  assert.deepEqual(
    living.filter((code) => !raised.has(code)),
    [],
  );
});

test('every living code is provoked by a test or a scenario that names it', () => {
  const named = new Set(tests.flatMap((path) => codesIn(withoutComments(readFileSync(path, 'utf8')))));

  assert.deepEqual(
    living.filter((code) => !named.has(code)),
    [],
  );
});

test('the words of the catalogue follow the house rules: a capital first, titles without a final period', () => {
  for (const [code, entry] of Object.entries(errorCatalogue)) {
    assert.match(entry.title, /^[A-Z].*[^.]$/, code);
    assert.match(entry.cause, /^[A-Z].*\.$/, code);
    assert.match(entry.fix, /^[A-Z`].*[.`]$/s, code);
  }
});
