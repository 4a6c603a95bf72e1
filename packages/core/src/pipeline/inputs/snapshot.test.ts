import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { TidegateError } from '@tidegate/formats';
import { digestOfBytes, systemClock } from '../../platform/index.ts';
import { fileDigests, openState } from '../../store/index.ts';
import { takeSnapshot } from './snapshot.ts';
import type { StepNode } from '../step-kind.ts';
import { step } from '../test-project.ts';
import { unreadableInput } from './unreadable-input.ts';

interface Place {
  readonly root: string;
  /** Paths that a step with these patterns reads. */
  readonly read: (
    patterns: readonly string[],
    more?: { readonly allSteps?: readonly StepNode[]; readonly required?: boolean },
  ) => Promise<readonly string[]>;
  readonly snapshot: (steps: readonly StepNode[], allSteps?: readonly StepNode[]) => ReturnType<typeof takeSnapshot>;
}

function makePlace(t: TestContext, files: readonly string[]): Place {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-snapshot-'));
  const root = join(folder, 'project');
  mkdirSync(root);
  const state = openState(join(folder, 'state.sqlite'));
  t.after(() => {
    state[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });
  for (const path of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path);
  }
  const snapshot: Place['snapshot'] = (steps, allSteps = steps) =>
    takeSnapshot({
      root,
      steps,
      allSteps,
      digests: fileDigests(state, systemClock),
      except: [join(root, 'home')],
      placeOfInput: () => null,
    });
  return {
    root,
    snapshot,
    read: async (patterns, { allSteps = [], required = true } = {}) => {
      const node: StepNode = { ...step('reader'), inputs: patterns.map((pattern) => ({ from: 'project', pattern, required })) };
      return (await snapshot([node], [node, ...allSteps])).filesOf(node).map((file) => file.path);
    },
  };
}

async function messagesOf(work: Promise<unknown>): Promise<readonly string[]> {
  return work.then(
    () => [],
    (error: unknown) => {
      assert.ok(error instanceof TidegateError, String(error));
      return error.diagnostics.map(({ code, message, hint }) => `${code}: ${message} (${hint})`);
    },
  );
}

test('paths, folders and globs are read, each file once and sorted by code unit', async (t) => {
  const { read } = makePlace(t, ['params.yaml', 'src/a.py', 'src/deep/b.py', 'src/deep/c.txt', 'Z.txt', 'data/2013/01.csv']);

  assert.deepEqual(await read(['src/', './params.yaml', 'src/**/*.py', '*.txt']), [
    'Z.txt',
    'params.yaml',
    'src/a.py',
    'src/deep/b.py',
    'src/deep/c.txt',
  ]);
  assert.deepEqual(await read(['src/*.py']), ['src/a.py']);
  assert.deepEqual(await read(['src/**']), ['src/a.py', 'src/deep/b.py', 'src/deep/c.txt']);
  assert.deepEqual(await read(['**/b.py']), ['src/deep/b.py']);
  assert.deepEqual(await read(['src/{a,deep/b}.py']), ['src/a.py', 'src/deep/b.py']);
  assert.deepEqual(await read(['data/*/0[12].csv']), ['data/2013/01.csv']);
  assert.deepEqual(await read(['src/**/deep/**/c.txt']), ['src/deep/c.txt']);
});

test('a folder means all that is in it, a wildcard leaves dot files out', async (t) => {
  const { read } = makePlace(t, ['src/.config', 'src/a', 'src/.deep/b']);

  assert.deepEqual(await read(['src']), ['src/.config', 'src/.deep/b', 'src/a']);
  assert.deepEqual(await read(['src/**']), ['src/a']);
  assert.deepEqual(await read(['src/.*']), ['src/.config']);
});

test('what other programs keep, build/ and the home are never read', async (t) => {
  const foreign = [
    '.git/config',
    'node_modules/x',
    '.venv/y',
    'src/__pycache__/a.pyc',
    'src/b.pyc',
    'build/features/f',
    'home/state.sqlite',
    '.tmp-1-a',
  ];
  const { read } = makePlace(t, [...foreign, 'src/a.py', 'src/build/kept']);

  assert.deepEqual(await read(['.', '**']), ['src/a.py', 'src/build/kept']);
  for (const path of foreign) assert.deepEqual(await read([path], { required: false }), [], path);
});

test('a file whose name looks like a pattern is that file', async (t) => {
  const { read } = makePlace(t, ['a[1].csv', 'a1.csv', '*']);

  assert.deepEqual(await read(['a[1].csv']), ['a[1].csv']);
  assert.deepEqual(await read(['*']), ['*']);
});

test('names with spaces, newlines, a leading dash, dollars and backslashes are read as they are (hostile 10)', async (t) => {
  const names = ['-rf', 'a b', 'back\\slash', 'line\nbreak', '$(x)', 'x'.repeat(255), 'é', 'e\u0301'];
  const { read } = makePlace(t, names);

  assert.deepEqual(await read(['*']), names.toSorted());
});

test('a file name that is not UTF-8 is refused by name (hostile 10)', async (t) => {
  const { root, read } = makePlace(t, []);
  writeFileSync(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]), '');

  assert.match((await messagesOf(read(['*'])))[0] ?? '', /^TG-PIPELINE-INPUT-NAME: Cannot read the input "caf\ufffd"/);
});

test('a folder whose name is not UTF-8 is refused by name, and its files are not passed over', async (t) => {
  const { root, read } = makePlace(t, ['images/a']);
  const folder = Buffer.concat([Buffer.from(`${root}/images/caf`), Buffer.from([0xe9])]);
  mkdirSync(folder);
  writeFileSync(Buffer.concat([folder, Buffer.from('/b')]), '');

  for (const pattern of ['images', 'images/**', 'images/*/b'])
    assert.match(
      (await messagesOf(read([pattern])))[0] ?? '',
      /^TG-PIPELINE-INPUT-NAME: Cannot read the input "images\/caf\ufffd/,
      pattern,
    );
});

test('inputs that match nothing are all reported at once, each with the nearest name', async (t) => {
  const { read } = makePlace(t, ['params.yaml', 'src/train.py']);

  assert.deepEqual(await messagesOf(read(['parms.yaml', 'src/trian.py', 'data/*.csv'])), [
    'TG-PIPELINE-INPUT-MISSING: Cannot find the input "parms.yaml" of "steps.reader": no file of the project matches (Did you mean "params.yaml"?)',
    'TG-PIPELINE-INPUT-MISSING: Cannot find the input "src/trian.py" of "steps.reader": no file of the project matches (Did you mean "src/train.py"?)',
    'TG-PIPELINE-INPUT-MISSING: Cannot find the input "data/*.csv" of "steps.reader": no file of the project matches (Correct the path, or make the file)',
  ]);
  assert.deepEqual(await read(['parms.yaml'], { required: false }), []);
});

for (const pattern of ['../secret', '/etc/passwd', 'src/../../secret', 'a//b', '../**'])
  test(`a path that leads out of the project is refused: "${pattern}"`, async (t) => {
    const { read } = makePlace(t, ['src/a']);

    assert.match((await messagesOf(read([pattern])))[0] ?? '', /^TG-PIPELINE-INPUT-OUTSIDE/);
  });

test('a link that leads out of the project is refused, however it is come upon', async (t) => {
  const { root, read } = makePlace(t, ['src/a']);
  writeFileSync(join(root, '../secret'), 'secret');
  symlinkSync('../../secret', join(root, 'src/file-link'));
  symlinkSync('/etc', join(root, 'folder-link'));

  for (const pattern of ['src', 'src/*', 'src/file-link', 'folder-link', 'folder-link/hostname', 'folder-link/*'])
    assert.match((await messagesOf(read([pattern])))[0] ?? '', /^TG-PIPELINE-INPUT-OUTSIDE.*outside the project/, pattern);
});

test('a link to a file of the project is that file; one to a folder is followed when it is named', async (t) => {
  const { root, snapshot, read } = makePlace(t, ['data/v1/a.csv', 'src/x']);
  symlinkSync('v1', join(root, 'data/latest'));
  symlinkSync('../data/v1/a.csv', join(root, 'src/linked.csv'));
  symlinkSync('..', join(root, 'src/loop'));
  symlinkSync('nowhere', join(root, 'src/broken'));

  assert.deepEqual(await read(['data/latest']), ['data/latest/a.csv']);
  assert.deepEqual(await read(['data/latest/*.csv']), ['data/latest/a.csv']);
  assert.deepEqual(await read(['src']), ['src/linked.csv', 'src/x']);
  const node = step('reader', { in: ['src/linked.csv'] });
  assert.equal((await snapshot([node])).filesOf(node)[0]?.digest, digestOfBytes('data/v1/a.csv'));
});

test('what a step makes is not read by its path: a pattern leaves it out, a name is refused', async (t) => {
  const { read } = makePlace(t, ['out/table.csv', 'out/tree/deep/x', 'out/mine.csv']);
  const maker = step('clean', {
    outputs: [
      { name: 'table', path: 'out/table.csv', publish: true },
      { name: 'tree', path: 'out/tree', publish: true },
    ],
  });

  assert.deepEqual(await read(['out'], { allSteps: [maker] }), ['out/mine.csv']);
  assert.deepEqual(await read(['out/table.csv'], { allSteps: [maker], required: false }), []);
  assert.deepEqual(await messagesOf(read(['./out/table.csv', 'out/tree/deep'], { allSteps: [maker] })), [
    'TG-PIPELINE-INPUT-IS-OUTPUT: Cannot read "./out/table.csv" for "steps.reader" from the project: "steps.clean/table" makes it (Write "steps.clean/table" instead of the path)',
    'TG-PIPELINE-INPUT-IS-OUTPUT: Cannot read "out/tree/deep" for "steps.reader" from the project: "steps.clean/tree" makes it (Write "steps.clean/tree" instead of the path)',
  ]);
});

test('digest, length and mode of a file are as they are in the tree', async (t) => {
  const { root, snapshot } = makePlace(t, ['run.sh', 'data']);
  chmodSync(join(root, 'run.sh'), 0o755);
  const node = step('reader', { in: ['run.sh', 'data'] });

  const files = (await snapshot([node])).filesOf(node).map(({ path, digest, bytes, executable }) => ({ path, digest, bytes, executable }));

  assert.deepEqual(files, [
    { path: 'data', digest: digestOfBytes('data'), bytes: 4, executable: false },
    { path: 'run.sh', digest: digestOfBytes('run.sh'), bytes: 6, executable: true },
  ]);
});

test('what may not be read is told with its path and what allows it', async (t) => {
  const { root, read } = makePlace(t, ['src/a.py', 'src/closed/b.py']);
  const fault = (path: string): Error => Object.assign(new Error('EACCES'), { code: 'EACCES', path });

  assert.deepEqual(await messagesOf(Promise.reject(unreadableInput(root, fault(join(root, 'src/closed'))))), [
    'TG-PIPELINE-INPUT-UNREADABLE: Cannot read the input "src/closed": you may not read it (EACCES) (Allow it: chmod u+rX "src/closed"; or leave it out of what "from" or "in" names)',
  ]);
  if (process.getuid?.() === 0) return t.diagnostic('root may read everything: what the file system says is not tried');
  for (const path of ['src/a.py', 'src/closed']) {
    chmodSync(join(root, path), 0o000);
    const [message = '', ...more] = await messagesOf(read(['src']));
    chmodSync(join(root, path), 0o755);
    assert.match(message, new RegExp(`^TG-PIPELINE-INPUT-UNREADABLE: .*"${path}"`));
    assert.deepEqual(more, []);
  }
});
