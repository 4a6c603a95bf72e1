import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Called, callCommandLine, type Printed } from './test-command-line.ts';

/** A project in a temporary folder with a home and a remote beside it, and the command line in this process. */
export interface TestPlace {
  /** Of a file of the project, or by `../` of one beside it. */
  readonly path: (name: string) => string;
  readonly write: (name: string, text: string) => void;
  readonly call: (words: readonly string[], more?: CalledThere) => Promise<Printed>;
  /** Runs `git` in the project, which has no repository until `init` is called. @returns what it prints */
  readonly git: (...words: readonly string[]) => string;
}

export interface CalledThere extends Pick<Called, 'terminals' | 'variables'> {
  /** Of another machine; default: that of the place. */
  readonly home?: string;
}

export interface TestPlaceOptions {
  readonly files: { readonly [path: string]: string };
  /** Whether the commands are told of the remote. Default no. */
  readonly remote?: boolean;
}

/** Makes a place with these files; it goes when the test ends. */
export function testPlace(t: TestContext, { files, remote = false }: TestPlaceOptions): TestPlace {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const cwd = join(folder, 'project');
  const path: TestPlace['path'] = (name) => join(cwd, name);
  const write: TestPlace['write'] = (name, text) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const own = { PATH: process.env['PATH'], ...(remote && { TIDEGATE_REMOTE: join(folder, 'remote') }) };
  return {
    path,
    write,
    call: (words, { home = 'home', variables = {}, terminals = [] } = {}) =>
      callCommandLine(words, { cwd, variables: { ...own, TIDEGATE_HOME: join(folder, home), ...variables }, terminals }),
    git: (...words) =>
      execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...words], { cwd, encoding: 'utf8' }),
  };
}
