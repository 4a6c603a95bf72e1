import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { callCommandLine, type Printed } from './test-command-line.ts';

/** A project of two steps that copy a file, one after another, in a Git repository and a home of its own. */
export interface Copies {
  readonly root: string;
  readonly home: string;
  readonly call: (line: string) => Promise<Printed>;
  readonly json: <T>(line: string) => Promise<T>;
  readonly write: (files: { readonly [path: string]: string }) => void;
  readonly commit: () => void;
}

const files = {
  'tidegate.yaml': `version: 1
project: copies
steps:
  copy: { run: cp params.yaml out.yaml, in: [params.yaml], out: { copy: out.yaml } }
  again: { run: cp out.yaml made/end.yaml, in: [steps.copy/copy], out: { end: made/end.yaml } }
`,
  '.gitignore': 'out.yaml\nmade/\nbuild/\n',
  'params.yaml': 'depth: 3\n',
};

export function copiesIn(t: TestContext): Copies {
  const place = mkdtempSync(join(tmpdir(), 'tidegate-cli-'));
  t.after(() => rmSync(place, { recursive: true }));
  const [root, home] = [join(place, 'project'), join(place, 'home')];
  const write: Copies['write'] = (some) => {
    for (const [path, text] of Object.entries(some)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  write(files);
  const git = (...argv: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...argv], { cwd: root });
  git('init', '--quiet', '--initial-branch', 'main');
  const commit = (): void => {
    git('add', '.');
    git('commit', '--quiet', '--allow-empty', '--message', 'Change');
  };
  commit();
  const call: Copies['call'] = (line) =>
    callCommandLine(line.split(' '), { cwd: root, variables: { ...process.env, TIDEGATE_HOME: home } });
  return { root, home, call, json: async (line) => JSON.parse((await call(`${line} --json`)).stdout), write, commit };
}
