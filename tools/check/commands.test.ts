import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { TidegateError } from '@tidegate/formats';
import { readCommandLine } from '../../packages/cli/src/read-command-line.ts';

const root = resolve(import.meta.dirname, '../..');

test('every command line in hints and the catalogue of errors is one that the command line takes', async () => {
  const found = sources().flatMap((file) => linesIn(file, quoted(readFileSync(file, 'utf8'))));

  assert.ok(found.length > 50, `only ${found.length} command lines were found`);
  assert.deepEqual(await refused(found), []);
});

test('every command line in the pages of the documentation is one that the command line takes', async () => {
  const found = pages().flatMap((file) => linesIn(file, marked(readFileSync(file, 'utf8'))));

  assert.ok(found.length > 20, `only ${found.length} command lines were found`);
  assert.deepEqual(await refused(found), []);
});

/** In prose a command may be spoken of by its name: `tidegate data infer`. */
function isName(line: string): boolean {
  return /^tidegate(?: [a-z]+){1,2}$/.test(line);
}

interface Line {
  readonly file: string;
  readonly text: string;
}

async function refused(lines: readonly Line[]): Promise<readonly string[]> {
  const told = await Promise.all(
    lines.map(({ file, text }) =>
      readCommandLine(wordsOf(text)).then(
        () => [],
        (error: unknown) => {
          if (!(error instanceof TidegateError)) throw error;
          return [`${file}: ${text}: ${error.diagnostics[0].message}`];
        },
      ),
    ),
  );
  return told.flat();
}

function linesIn(file: string, texts: readonly string[]): readonly Line[] {
  return texts.map((text) => ({ file: relative(root, file), text }));
}

/** The words after `tidegate`; what stands in quotes is one, and so is a placeholder (`<its own folder>`). */
function wordsOf(text: string): readonly string[] {
  return (text.match(/"[^"]*"|<[^>]*>|\S+/g) ?? []).slice(1);
}

/** Command lines in string literals: up to the end of the quotation that they begin, or else of the literal. Those that name no command are left out. */
function quoted(source: string): readonly string[] {
  const code = source.replace(/^\s*(\*|\/\/|\/\*).*$/gm, '').replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, 'X');
  return [...code.matchAll(/(.)(?<![\w/.-])(tidegate [a-z][^\n]*)/g)].flatMap(([, before = '', rest = '']) => {
    const end = before === '"' ? rest.search(/"/) : rest.search(/['`]/);
    const line = (end < 0 ? rest : rest.slice(0, end)).trim();
    return before === '`' && isName(line) ? [] : [line];
  });
}

/** Command lines in code spans and code blocks. */
function marked(page: string): readonly string[] {
  const blocks = [...page.matchAll(/^```[^\n]*\n([^]*?)^```/gm)].flatMap(([, block = '']) =>
    block.split('\n').flatMap((line) => /^(?:\$ )?(tidegate [a-z].*?)(?:\s+#.*)?$/.exec(line)?.[1] ?? []),
  );
  const spans = [...page.replace(/^```[^]*?^```/gm, '').matchAll(/`(tidegate [a-z][^`]*)`/g)].map(([, span = '']) => span);
  return [...blocks, ...spans.filter((span) => !isName(span))];
}

function sources(): readonly string[] {
  return readdirSync(join(root, 'packages'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/node_modules|\/dist\//.test(path));
}

function pages(): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/node_modules|\/build\/|\/\.git\//.test(path));
}
