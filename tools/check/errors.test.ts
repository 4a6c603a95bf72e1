import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { errorCatalogue } from '@tidegate/formats';

const root = resolve(import.meta.dirname, '../..');

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

test('every code that the source names is in the catalogue, and every code of the catalogue is raised somewhere', () => {
  const files = readdirSync(join(root, 'packages'), { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        entry.name.endsWith('.ts') &&
        !entry.name.endsWith('.test.ts') &&
        !/node_modules|\/dist|errors$/.test(entry.parentPath),
    )
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  const named = new Set(files.flatMap((text) => [...text.matchAll(/'(TG-[A-Z0-9-]+)'/g)].map((match) => match[1] ?? '')));
  const living = Object.entries(errorCatalogue).filter(([, entry]) => !('retired' in entry));

  assert.deepEqual(
    [...named].filter((code) => !Object.hasOwn(errorCatalogue, code)),
    [],
  );
  assert.deepEqual(
    living.map(([code]) => code).filter((code) => !named.has(code)),
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
