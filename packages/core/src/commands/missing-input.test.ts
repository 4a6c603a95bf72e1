import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { missingInput } from './missing-input.ts';

test('what a command says it lacks is named where the project has it and the workspace has not', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-missing-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [root, workspace] = [join(folder, 'project'), join(folder, 'workspace')];
  for (const path of [root, workspace]) mkdirSync(join(path, 'data'), { recursive: true });
  writeFileSync(join(root, 'data/a b.csv'), '');
  writeFileSync(join(root, 'data/a.csv'), '');
  writeFileSync(join(root, 'there.csv'), '');
  writeFileSync(join(workspace, 'there.csv'), '');
  const hint = (line: string, isOffline = true): string | null =>
    missingInput({ tail: ['begun', line, ''], folder: workspace, isOffline }, { root, step: 'steps.a' });
  const add = (file: string): string => `Add "${file}" to "in:" of steps.a: it sees only what it declares`;

  for (const line of [
    "FileNotFoundError: [Errno 2] No such file or directory: 'data/a.csv'",
    "python: can't open file '/workspace/data/a.csv': [Errno 2] No such file or directory",
    `  cannot open file '${root}/data/a.csv': No such file or directory`,
    'cat: data/a.csv: No such file or directory',
    'sh: 1: cannot open data/a.csv: No such file',
    'sh: 1: ./data/a.csv: not found',
    'Error: ‘data/a.csv’ does not exist in current working directory (‘/workspace’).',
    'IO Error: No files found that match the pattern "data/a.csv", or: cannot open "data/a.csv"',
  ])
    assert.equal(hint(line), add('data/a.csv'), line);
  assert.equal(hint('cannot open file "data/a b.csv": No such file or directory'), add('data/a b.csv'));
  assert.equal(hint("No such file or directory: 'there.csv'"), null);
  assert.equal(hint("No such file or directory: '/etc/other'"), null);
  assert.equal(hint('read data/a.csv'), null);
  assert.match(hint('curl: (6) Could not resolve host: example.org') ?? '', /add "network: true" to steps\.a/);
  assert.equal(hint('curl: (6) Could not resolve host: example.org', false), null);
});
