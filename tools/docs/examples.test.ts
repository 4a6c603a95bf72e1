import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { digestOfHex, type Json, storedRecord } from '@tidegate/formats';
import { openSqliteOnlineStore } from '@tidegate/runtime';
import { builtFolder } from '../../packages/core/src/commands/build-once.ts';
import { mergeDependencies } from '../../packages/core/src/commands/selection/merge-dependencies.ts';
import { readImageBase } from '../../packages/core/src/packaging/image/base-file.ts';
import { readWholeTree } from '../../packages/core/src/store/objects/tree/read-tree.ts';
import { nodeText, parseNode } from '../../packages/core/src/store/objects/tree/tree-node.ts';
import { type Block, blocksOf, placeOf, repository, userPages } from './blocks.ts';
import { checkYaml, yamlExample } from './yaml-examples.ts';

/** Blocks that no code can read, and why that is so. */
const unchecked: { readonly [place: string]: string } = {
  'README.md text': 'a drawing of the path',
  'docs/explanation/inference.md text': 'what an update prints, whose words contract-update-view.test.ts compares',
  'docs/explanation/what-a-key-means.md text': 'what a run prints, whose words repetition-view.test.ts compares',
  'docs/how-to/test-a-project.md r': 'run by packages/core/src/commands/suite/real-runners.slow.test.ts',
  'docs/how-to/search-for-the-best-model.md python': 'run by e2e/search.slow.test.ts',
  'docs/reference/formats/items.md json': 'an outline with a digest cut short; e2e/fan-out.test.ts reads a whole one',
  'docs/reference/checks.md python': 'run by packages/core/src/project/checks/python-functions.slow.test.ts',
  'docs/reference/metrics.md python': 'run by packages/core/src/models/evaluate-tasks.slow.test.ts',
  'docs/reference/behaviour-tests.md text': 'a suite, whose shape packages/core/src/models/evaluate-further.slow.test.ts reads',
  'docs/reference/api-tests.md text': 'a line of a report, compared by api-tests-page.test.ts',
  'docs/reference/commands.md text': 'usage lines, which commands-page.test.ts compares with the command line',
  'docs/reference/formats/bundle.md text': 'a listing of entries with digests cut short',
  'docs/reference/formats/object-store.md text': 'a listing of folders with digests cut short',
  'docs/reference/formats/pack.md text': 'drawings of two binary files, which pack.test.ts and recipe.test.ts hold',
  'docs/reference/formats/remote.md text': 'a listing of folders with digests cut short',
  'docs/reference/tidegate-yaml.md text': 'a comment for editors',
  'docs/start.md python': 'run by e2e/pages/start.slow.test.ts',
  'docs/start.md text': 'what commands print, compared by e2e/pages/start.slow.test.ts',
  'docs/reference/serving-api.md json': 'answers, compared by serving-api.test.ts with what the server answers',
};

const checks: { readonly [language: string]: (block: Block, t: TestContext) => Promise<void> | void } = {
  yaml: (block) => checkYaml(yamlExample(block)),
  sh: checkShell,
  json: checkJson,
  sql: checkSql,
};

for (const block of userPages().flatMap(blocksOf)) {
  if (Object.hasOwn(unchecked, keyOf(block))) continue;
  test(`${placeOf(block)}: the block of ${block.language} is read by what reads such files`, async (t) => {
    const check = checks[block.language];
    assert.ok(check, `say behind the fence what the block is: ${Object.keys(checks).join(', ')}, or text with a reason in this test`);
    await check(block, t);
  });
}

test('every block that is not checked is still there', () => {
  const there = new Set(userPages().flatMap(blocksOf).map(keyOf));

  assert.deepEqual(
    Object.keys(unchecked).filter((key) => !there.has(key)),
    [],
  );
});

function keyOf({ page, language }: Block): string {
  return `${page} ${language}`;
}

/** Programs of others that pages may name; the lines of `tidegate` are read by tools/check/commands.test.ts. */
const programs = new Set(['tidegate', 'umask', 'echo', 'export', 'cd', 'ls', 'git', 'curl', 'printf', 'pip', 'uv', 'promtool', 'podman']);

function checkShell({ text }: Block): void {
  const scripts = Object.keys((JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { scripts: object }).scripts);
  const own = new Set([...scripts.map((name) => `npm run ${name}`), 'npm ci', 'npm test', 'npm install -g tidegate']);
  const commands = text
    .replaceAll(/ +#.*$/gm, '')
    .replaceAll(/'[^']*'|\\\n/g, ' ')
    .split(/\n|&&/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

  assert.deepEqual(
    commands.filter((command) => !own.has(command) && !programs.has(command.split(' ')[0] ?? '')),
    [],
  );
}

async function checkJson(block: Block, t: TestContext): Promise<void> {
  const text = block.text.trimEnd().replaceAll('sha256:…', digestOfHex('a'.repeat(64)));
  const value = JSON.parse(text) as { readonly [name: string]: Json };
  if (value['format'] === 'tidegate.tree/2') return assert.equal(treeText(value), text);
  if (value['format'] === 'tidegate.tree/1') return readTreeExample(value);
  if (value['format'] === 'tidegate.image-base/1') return void readImageBase(text, 'the example');
  if (value['format'] === 'tidegate.test-dependencies/1') {
    const record = storedRecord('tidegate.test-dependencies/1', value, 'the example');
    return assert.deepEqual(mergeDependencies([record]), record);
  }
  const folder = temporaryFolder(t);
  const python = join(folder, String(value['folder']), 'bin', 'python');
  mkdirSync(join(python, '..'), { recursive: true });
  writeFileSync(python, '');
  writeFileSync(join(folder, 'record.json'), text);
  assert.equal(await builtFolder(join(folder, 'record.json'), 'bin/python'), dirname(dirname(python)));
}

function treeText(value: Json): string | null {
  const node = parseNode(value, digestOfHex('a'.repeat(64)));
  return node && nodeText(node);
}

async function readTreeExample(value: Json): Promise<void> {
  const { entries } = await readWholeTree({ readJson: async () => value }, digestOfHex('a'.repeat(64)));
  assert.ok(entries.length > 0);
}

function checkSql({ text }: Block, t: TestContext): void {
  const path = join(temporaryFolder(t), 'online.sqlite');
  openSqliteOnlineStore(path).close();
  using database = new DatabaseSync(path);
  const made = database.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid').all();
  const flat = (sql: string): string => sql.replaceAll(/\s+/g, ' ').trim();

  assert.equal(flat(text), made.map((row) => `${flat(String(row['sql']))};`).join(' '));
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-docs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}
