import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemPlatform } from '../platform/index.ts';
import { commandRig } from './test-rig.ts';

const environment = 'import json, os\njson.dump(dict(os.environ), open("env.json", "w"))\n';

test('hostile 5: a variable that nobody declared is not seen and changes no key; an optional one taken away leads back to the earlier result', async (t) => {
  const surrounding: { [name: string]: string | undefined } = { ...systemPlatform.variables };
  const rig = commandRig(t, { 'env.py': environment }, surrounding);
  const plain = 'steps: { env: { run: python env.py, out: { env: env.json } } }';
  const declared = (value: string) => plain.replace('out:', `variables: { STAGE: "${value}" }, out:`);
  const seen = () => JSON.parse(readFileSync(join(rig.root, 'env.json'), 'utf8')) as { readonly [name: string]: string };
  const first = await rig.step(plain);

  surrounding['STAGE'] = 'staging';
  const undeclared = await rig.step(plain);
  assert.equal(undeclared.status, 'hit');
  assert.equal('STAGE' in seen(), false);

  const empty = await rig.step(declared(''));
  assert.deepEqual([empty.status, seen()['STAGE']], ['done', '']);
  const removed = await rig.step(plain);
  assert.deepEqual([removed.status, removed.key, 'STAGE' in seen()], ['hit', first.key, false]);
});

test('hostile 6: a step that ends well without an output, or leaves half of its old ones, fails, and nothing of it is cached', async (t) => {
  const rig = commandRig(t, {
    'write.py': 'import os, sys\nos.makedirs("out/b", exist_ok=True)\nfor name in sys.argv[1:]: open(f"out/{name}", "w").write(name)\n',
  });
  const yaml = (files: string) => `steps: { write: { run: python write.py ${files}, out: { a: out/a.txt, b: out/b/b.txt } } }`;
  assert.equal((await rig.step(yaml('a.txt b/b.txt'))).status, 'done');

  const half = await rig.step(yaml('a.txt'));
  const again = await rig.step(yaml('a.txt'));

  assert.deepEqual([half.status, half.failure?.code], ['failed', 'TG-COMMANDS-OUTPUT-MISSING']);
  assert.equal(again.status, 'failed');
  assert.equal((await rig.step(yaml('a.txt b/b.txt'))).status, 'hit');
});

/** 255 bytes in UTF-8 is the longest name of Linux's file systems. */
const names = [
  '-rf',
  '--help',
  'two words',
  '$(touch pwned)',
  '`touch pwned`',
  'a;touch pwned',
  'new\nline',
  'quote\'"',
  'CASE',
  'case',
  'ä',
  'x'.repeat(255),
];

test('hostile 10: names with line ends, signs of a shell, a leading dash and 255 bytes come in and out byte for byte', async (t) => {
  const rig = commandRig(t, {
    'copy.py':
      'import pathlib\nfor path in pathlib.Path("in").iterdir():\n  pathlib.Path("out").mkdir(exist_ok=True)\n  (pathlib.Path("out") / path.name).write_text(path.read_text())\n',
  });
  mkdirSync(join(rig.root, 'in'));
  for (const name of names) writeFileSync(join(rig.root, 'in', name), name);

  const run = await rig.run('steps: { copy: { run: python copy.py, in: [in, copy.py], out: { all: out } } }');

  assert.equal(run.status, 'succeeded', JSON.stringify(run.steps[0]?.failure));
  for (const name of names) assert.equal(readFileSync(join(rig.root, 'out', name), 'utf8'), name);
  assert.equal(existsSync(join(rig.root, 'pwned')), false);
});

test('hostile 10: a name that is not UTF-8 is refused by name, as input and as output', async (t) => {
  const rig = commandRig(t, { 'write.py': 'import os\nos.makedirs("out")\nopen(b"out/bad-\\xff", "w").write("x")\n' });
  mkdirSync(join(rig.root, 'in'));
  writeFileSync(Buffer.from(`${rig.root}/in/bad-\xff`, 'latin1'), 'x');

  await assert.rejects(rig.run('steps: { a: { run: python write.py, in: in, out: { all: out } } }'), /TG-PIPELINE-INPUT-NAME: .*bad-/);
  const written = await rig.step('steps: { a: { run: python write.py, in: [], out: { all: out } } }');

  assert.equal(written.failure?.code, 'TG-STORE-NAME');
  assert.match(written.failure?.message ?? '', /bad-/);
});

test('hostile 10: words of a command that a shell would obey reach the program as they are', async (t) => {
  const rig = commandRig(t, { 'say.py': 'import json, sys\njson.dump(sys.argv[1:], open("said.json", "w"))\n' });
  const words = ['$(touch pwned)', '`id`', 'a;b', 'x\ny', '-rf', '*', '~', '&& touch pwned'];

  await rig.run(`steps: { say: { run: ${JSON.stringify(['python', 'say.py', ...words])}, out: { said: said.json } } }`);

  assert.deepEqual(JSON.parse(readFileSync(join(rig.root, 'said.json'), 'utf8')), words);
  assert.equal(existsSync(join(rig.root, 'pwned')), false);
});
