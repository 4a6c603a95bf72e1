import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');

function pages(): readonly string[] {
  const skipped = /node_modules|\/build\/|\/\.git\//;
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !skipped.test(path));
}

test('every relative link of every page leads to a file', () => {
  const broken = pages().flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => (match[1] ?? '').split('#')[0] ?? '')
      .filter((link) => link !== '' && !/^[a-z]+:/.test(link) && !existsSync(resolve(dirname(page), link)))
      .map((link) => `${relative(root, page)}: ${link}`),
  );

  assert.deepEqual(broken, []);
});

test('every page below docs can be reached from the README or another page', () => {
  const linked = new Set(
    pages().flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s#]+)/g)].map((match) => resolve(dirname(page), match[1] ?? '')),
    ),
  );
  const lonely = pages().filter((page) => page.startsWith(join(root, 'docs')) && !linked.has(page));

  assert.deepEqual(
    lonely.map((page) => relative(root, page)),
    [],
  );
});

test('no page has marks of a merge that was not finished', () => {
  const marks = /^(?:<{7}|>{7}) /m;

  assert.deepEqual(
    pages()
      .filter((page) => marks.test(readFileSync(page, 'utf8')))
      .map((page) => relative(root, page)),
    [],
  );
});

test('no page, script or source names a path or a registry of one machine', () => {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(md|ts|js|json|py|ya?ml|sql|txt|in|sh)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/node_modules|\/build\/|\/\.git\//.test(path));
  // written so that it does not find itself
  const forbidden = /\/(?:root|home\/\w+)\/|--(?:extra-)?index-url|--find-(?:links)|\/work\/(?:main|shared)/;

  assert.deepEqual(
    files.filter((path) => forbidden.test(readFileSync(path, 'utf8'))).map((path) => relative(root, path)),
    [],
  );
});
