import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemPlatform } from '../platform/index.ts';
import { processesWith } from './test-processes.ts';
import { commandRig } from './test-rig.ts';

test('a command runs with its inputs in place; its outputs are stored and published', async (t) => {
  const rig = commandRig(t, {
    'train.py':
      'import pathlib\nfrom src.shape import shape\npathlib.Path("out/many").mkdir()\nfor n in "ab": pathlib.Path(f"out/many/{n}").write_text(n)\npathlib.Path("model.txt").write_text(shape + open("params.txt").read())\n',
    'src/shape.py': 'shape = "round "\n',
    'params.txt': 'seven',
  });

  const record = await rig.step('steps: { train: { run: python train.py params.txt, in: src, out: { model: model.txt, all: out/many } } }');

  assert.deepEqual([record.status, record.failure], ['done', null]);
  assert.equal(readFileSync(join(rig.root, 'model.txt'), 'utf8'), 'round seven');
  assert.equal(readFileSync(join(rig.root, 'out/many/b'), 'utf8'), 'b');
  const { model, all } = record.outputs;
  assert.deepEqual([model?.kind, model?.files, all?.kind, all?.files, all?.bytes], ['file', 1, 'tree', 2, 2]);
});

test('a command runs again only when something it depends on has changed, its own output never being that', async (t) => {
  const rig = commandRig(t, { 'train.py': 'import sys\nopen(sys.argv[1], "w").write("x")\n' });
  const yaml = 'steps: { train: { run: python train.py model.txt, out: { model: model.txt } } }';

  assert.equal((await rig.step(yaml)).status, 'done');
  assert.equal((await rig.step(yaml)).status, 'hit');
  writeFileSync(join(rig.root, 'train.py'), 'import sys\nopen(sys.argv[1], "w").write("y")\n');
  assert.equal((await rig.step(yaml)).status, 'done');
  assert.equal((await rig.step(yaml.replace('{ run:', '{ variables: { A: "1" }, run:'))).status, 'done');
  assert.equal((await rig.step(yaml)).status, 'hit');
});

test('a step of a script gets the Python of the project and the output of the step before it', async (t) => {
  const rig = commandRig(t, {
    'run.sh': "#!/bin/sh\npython3 -c \"print(open('a.txt').read() * 2, end='')\" > b.txt\n",
  });

  await rig.run(`steps:
  a: { run: "python -c 'open(\\"a.txt\\", \\"w\\").write(\\"ab\\")'", out: { text: a.txt } }
  b: { run: ./run.sh a.txt, out: { text: b.txt } }`);

  assert.equal(readFileSync(join(rig.root, 'b.txt'), 'utf8'), 'abab');
});

test('a command sees the declared variables and a fixed few, nothing of the shell around', async (t) => {
  const rig = commandRig(
    t,
    { 'env.py': 'import json, os\njson.dump(dict(os.environ), open("env.json", "w"))\n' },
    { ...systemPlatform.variables, SECRET: 'hidden', PYTHONPATH: '/hidden' },
  );

  await rig.run(
    'steps: { env: { run: python env.py, variables: { MODE: fast, TZ: Europe/Berlin, PATH: /declared }, cpus: 3, out: { env: env.json } } }',
  );

  const env = JSON.parse(readFileSync(join(rig.root, 'env.json'), 'utf8')) as { readonly [name: string]: string };
  assert.deepEqual([env['SECRET'], env['PYTHONPATH'], env['MODE'], env['TZ']], [undefined, undefined, 'fast', 'Europe/Berlin']);
  assert.deepEqual(
    [env['LANG'], env['PYTHONHASHSEED'], env['PYTHONDONTWRITEBYTECODE'], env['OMP_NUM_THREADS'], env['ORT_DISABLE_TELEMETRY']],
    ['C.UTF-8', '0', '1', '3', '1'],
  );
  assert.match(env['PATH'] ?? '', /^\/.*:\/declared$/);
  assert.notEqual(env['HOME'], systemPlatform.variables['HOME']);
});

test('what lay at the place of an output before is not taken for it', async (t) => {
  const rig = commandRig(t, { 'train.py': 'import os\nprint(os.path.exists("model.txt"))\n', 'model.txt': 'old' });

  const record = await rig.step('steps: { train: { run: python train.py, out: { model: model.txt } } }');

  assert.equal(record.status, 'failed');
  assert.equal(record.failure?.code, 'TG-COMMANDS-OUTPUT-MISSING');
  assert.equal(readFileSync(join(rig.root, 'model.txt'), 'utf8'), 'old');
});

test('a missing output is named together with what was written instead', async (t) => {
  const rig = commandRig(t, { 'train.py': 'open("modle.txt", "w")\nopen("log.txt", "w")\n', 'params.txt': '' });

  const record = await rig.step('steps: { train: { run: python train.py params.txt, out: { model: model.txt } } }');

  assert.equal(
    record.failure?.message,
    'Cannot find the output "model" of "steps.train": it did not write "model.txt" but "log.txt", "modle.txt"',
  );
  assert.equal(record.failure?.hint, 'Write the file, or correct the path under "out:" of steps.train');
});

test('an output with a link in it is refused, not stored without the link', async (t) => {
  const rig = commandRig(t, { 'train.py': 'import os\nos.makedirs("out")\nopen("out/a", "w")\nos.symlink("a", "out/latest")\n' });

  const record = await rig.step('steps: { train: { run: python train.py, out: { all: out } } }');

  assert.equal(record.failure?.code, 'TG-COMMANDS-OUTPUT-KIND');
  assert.equal(record.failure?.message, 'Cannot store the output "all" of "steps.train": "latest" in "out" is a symbolic link');
});

test('a failure shows the traceback of the user first', async (t) => {
  const rig = commandRig(t, {
    'train.py': 'for at in range(200): print("epoch", at)\ndef fit():\n    raise ValueError("no rows")\nfit()\n',
  });

  const record = await rig.step('steps: { train: { run: python train.py } }');

  const [head, first, ...rest] = record.failure?.message.split('\n') ?? [];
  assert.deepEqual([record.status, record.failure?.code], ['failed', 'TG-COMMANDS-FAILED']);
  assert.equal(head, 'Cannot finish "steps.train": its command ended with exit code 1');
  assert.equal(first, 'Traceback (most recent call last):');
  assert.equal(rest.at(-1), 'ValueError: no rows');
  assert.equal(record.failure?.hint, 'Read the whole output: tidegate log steps.train');
});

test('a module or file of the project that is not declared is named in the hint', async (t) => {
  const rig = commandRig(t, {
    'train.py': 'import shape\n',
    'read.py': 'open("data/params.txt")\n',
    'shape.py': '',
    'data/params.txt': '',
    'other.py': 'import no_such_package.part\n',
  });
  const hint = async (run: string): Promise<string | null | undefined> =>
    (await rig.step(`steps: { train: { run: ${run} } }`)).failure?.hint;

  assert.equal(await hint('python train.py'), 'Add "shape.py" to "in:" of steps.train: it sees only what it declares');
  assert.equal(await hint('python read.py'), 'Add "data/params.txt" to "in:" of steps.train: it sees only what it declares');
  assert.match((await hint('python other.py')) ?? '', /^Add the package of "no_such_package" to the requirements/);
});

test('a command that takes too long is ended with all it started', async (t) => {
  const sleep = `3600.${process.pid}1`; // to be found again by
  const rig = commandRig(t, { 'slow.sh': `#!/bin/sh\nsleep ${sleep} &\necho started $!\nwait\n` });

  const record = await rig.run('steps: { slow: { run: ./slow.sh, timeout: 300ms } }');

  assert.equal(record.steps[0]?.failure?.code, 'TG-COMMANDS-TIMED-OUT');
  assert.match(record.steps[0]?.failure?.message ?? '', /it ran longer than 0.3 s\nstarted \d+/);
  assert.deepEqual(processesWith(sleep), []);
});

test('a command that is stopped leaves its step cancelled', async (t) => {
  const rig = commandRig(t, { 'slow.sh': '#!/bin/sh\necho started\nsleep 60\n' });
  const abort = new AbortController();

  const record = await rig.run('steps: { slow: { run: ./slow.sh } }', { signal: abort.signal, onOutput: () => abort.abort() });

  assert.deepEqual([record.status, record.steps[0]?.status], ['cancelled', 'cancelled']);
});

test('a command that a signal ends says so', async (t) => {
  const rig = commandRig(t, { 'die.sh': '#!/bin/sh\nkill -9 $$\n' });

  const { failure } = await rig.step('steps: { die: { run: ./die.sh } }');

  assert.match(failure?.message ?? '', /was ended by SIGKILL/);
  assert.match(failure?.hint ?? '', /too much memory/);
});

test('a program that is not there, may not run or is another Python is refused with what to do', async (t) => {
  const rig = commandRig(t, { 'tool.sh': 'echo\n' });
  const failure = async (run: string): Promise<string> => {
    const { failure: found } = await rig.step(`steps: { a: { run: ${run} } }`);
    return `${found?.code} ${found?.message}`;
  };

  assert.match(await failure('no-such-program'), /^TG-COMMANDS-NO-PROGRAM Cannot start "no-such-program": there is no such program/);
  assert.match(await failure('./tool.sh'), /^TG-COMMANDS-NO-PROGRAM Cannot start ".\/tool.sh": the file may not be executed/);
  assert.match(await failure('python3.1 -V'), /^TG-COMMANDS-NO-INTERPRETER Cannot run "python3.1": the project's Python is 3\./);
});

test('a project without Python runs commands that are not Python', async (t) => {
  const rig = commandRig(t, { 'a.sh': '#!/bin/sh\necho a > a.txt\n' }, { PATH: '/nowhere' });

  assert.equal((await rig.step('steps: { a: { run: ./a.sh, out: { a: a.txt } } }')).status, 'done');
  const record = await rig.run('steps: { a: { run: python a.py } }').catch((error: Error) => error);
  assert.match(
    record instanceof Error ? record.message : (record.steps[0]?.failure?.message ?? ''),
    /Cannot find the Python interpreter "python3"/,
  );
});
