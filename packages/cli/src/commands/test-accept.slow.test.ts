import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { callCommandLine } from '../test-command-line.ts';

test('test --accept shows how golden rows differ and writes them, and what a failing step made is not accepted', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-accept-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const cwd = join(folder, 'project');
  mkdirSync(join(cwd, 'tests'), { recursive: true });
  const write = (path: string, text: string): void => writeFileSync(join(cwd, path), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  write('clean.sh', "#!/bin/sh\nsed 's/b/c/' raw.csv > clean.csv\n");
  write('raw.csv', 'id,name\n9,z\n');
  write('tests/raw.csv', 'id,name\n2,b\n1,a\n');
  write(
    'tidegate.yaml',
    `version: 1
sandbox: false
steps: { clean: { run: ./clean.sh, in: [raw.csv], out: { table: clean.csv } } }
tests:
  clean: { golden: steps.clean/table, given: { raw.csv: tests/raw.csv }, expect: tests/clean.csv, key: id }
  other: { run: ./clean.sh, in: [raw.csv] }
`,
  );
  const variables = { TIDEGATE_HOME: join(folder, 'home'), PATH: process.env['PATH'] };
  const run = (...words: readonly string[]): ReturnType<typeof callCommandLine> => callCommandLine(['test', ...words], { cwd, variables });

  const before = await run('clean');
  const first = await run('clean', '--accept');
  const written = readFileSync(join(cwd, 'tests/clean.csv'), 'utf8');
  const after = await run('clean');
  write('clean.sh', "#!/bin/sh\nsed 's/b/d/' raw.csv > clean.csv\n");
  const second = await run('clean', '--accept');
  const nothing = await run('clean', '--accept');
  write('clean.sh', '#!/bin/sh\nexit 4\n');
  const failing = await run('clean', '--accept');
  const unnamed = await run('--accept');
  const other = await run('other', '--accept');

  assert.deepEqual([before.code, first.code, after.code, second.code, nothing.code], [5, 0, 0, 0, 0]);
  assert.match(first.stdout, /\nWritten: tests\/clean\.csv\n$/);
  assert.equal(written, 'id,name\n1,a\n2,c\n');
  assert.match(
    second.stdout,
    /± tests\.clean: name is as expected: 1 row differs: id 2: expected c, found d\nWritten: tests\/clean\.csv\n$/,
  );
  assert.match(nothing.stdout, /tests\.clean: the rows are those that are expected\n$/);
  assert.match(failing.stderr, /TG-COMMANDS-NOTHING-MADE[^]*It ended with 4/);
  assert.equal(readFileSync(join(cwd, 'tests/clean.csv'), 'utf8'), 'id,name\n1,a\n2,d\n');
  assert.deepEqual([unnamed.code, existsSync(join(cwd, 'build'))], [2, false]);
  assert.match(other.stderr, /it has no golden rows/);
});
