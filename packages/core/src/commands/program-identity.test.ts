import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemPlatform } from '../platform/index.ts';
import { openPrograms } from './program-identity.ts';

function rig(t: TestContext): { readonly root: string; readonly bin: string; readonly identity: (...argv: string[]) => Promise<unknown> } {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-programs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [root, bin] = [join(folder, 'project'), join(folder, 'bin')];
  for (const made of [root, bin]) mkdirSync(made);
  const path = [bin, '/usr/bin', '/bin'].join(delimiter);
  return {
    root,
    bin,
    identity: (...argv) => openPrograms({ memory: join(folder, 'memory'), platform: systemPlatform, root }).identity(argv, path),
  };
}

const script = (path: string, text: string): void => writeFileSync(path, text, { mode: 0o755 });

test('an interpreter that tells its version is known by it, another program by its bytes', async (t) => {
  const { bin, identity } = rig(t);
  script(join(bin, 'julia'), '#!/bin/sh\necho "julia version 1.11.2"\n');
  script(join(bin, 'fit-trees'), '#!/bin/sh\necho one\n');

  assert.deepEqual(await identity('julia', 'fit.jl'), { program: 'julia', version: 'julia version 1.11.2' });
  const before = await identity('fit-trees');
  script(join(bin, 'fit-trees'), '#!/bin/sh\necho two\n');
  script(join(bin, 'julia'), '#!/bin/sh\necho "julia version 1.12.0"\n');

  assert.match(
    JSON.stringify(before),
    /^{"digest":"sha256:[0-9a-f]{64}","program":"fit-trees"}$|^{"program":"fit-trees","digest":"sha256:[0-9a-f]{64}"}$/,
  );
  assert.notDeepEqual(await identity('fit-trees'), before);
  assert.deepEqual(await identity('julia', 'fit.jl'), { program: 'julia', version: 'julia version 1.12.0' });
});

test('a script of the project is known by the interpreter that its first line names; its own text is an input', async (t) => {
  const { root, bin, identity } = rig(t);
  script(join(bin, 'julia'), '#!/bin/sh\necho "julia version 1.11.2"\n');
  script(join(root, 'fit.jl'), '#!/usr/bin/env -S JULIA_NUM_THREADS=1 julia --startup-file=no\n');
  copyFileSync('/bin/true', join(root, 'tool'));

  assert.deepEqual(await identity('./fit.jl'), { program: 'julia', version: 'julia version 1.11.2' });
  assert.equal(await identity('./tool'), null);
  assert.equal(await identity('./not-there'), null);
});

test('Python has an identity of its own, and a program that is not there has none', async (t) => {
  const { root, identity } = rig(t);
  script(join(root, 'train.py'), '#!/usr/bin/env python3\n');

  for (const argv of [['python', 'train.py'], ['python3.11'], ['./train.py'], ['no-such-program']])
    assert.equal(await identity(...argv), null, argv[0]);
});

test('a program is asked its version once, by however many processes', async (t) => {
  const { root, bin, identity } = rig(t);
  script(join(bin, 'julia'), `#!/bin/sh\necho started >> '${root}/starts'\necho "version 1"\n`);

  await Promise.all([identity('julia'), identity('julia')]);
  await identity('julia');

  assert.equal(readFileSync(join(root, 'starts'), 'utf8'), 'started\n');
});
