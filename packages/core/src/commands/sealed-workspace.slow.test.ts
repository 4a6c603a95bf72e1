import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandNodes } from './command-nodes.ts';
import { commandRig } from './test-rig.ts';
import { noSandbox } from './test-sandbox.ts';

const make = 'make: { run: python make.py, in: make.py, out: { large: large.bin } }';
const makeLarge = 'open("large.bin", "wb").write(b"tide" * 500_000)\n';

/** Tries every way to the bytes of an input that may not be written, those of root and of namespaces of its own among them. */
const attack = `
import os, subprocess, sys
def attempt(name, act):
    try: act(); print("could", name)
    except OSError: pass
def write(path):
    with open(path, "r+b") as file: file.write(b"evil")
attempt("write", lambda: write("large.bin"))
attempt("truncate", lambda: os.truncate("large.bin", 3))
attempt("change its mode", lambda: os.chmod("large.bin", 0o666))
attempt("write with that mode", lambda: write("large.bin"))
attempt("rename", lambda: os.rename("large.bin", "other.bin"))
attempt("remove", lambda: os.unlink("large.bin"))
attempt("link", lambda: (os.link("large.bin", "link.bin"), os.chmod("link.bin", 0o666), write("link.bin")))
attempt("set its times", lambda: os.utime("large.bin", (1, 1)))
for command in ["umount large.bin", "mount -o remount,rw,bind large.bin", "mkdir -p m && mount --bind . m && cd m", "mount -o remount,rw /workspace"]:
    script = command + " && chmod 666 large.bin && printf evil | dd of=large.bin conv=notrunc"
    for unshare in [[], ["unshare", "-Urm"]]:
        subprocess.run([*unshare, "sh", "-c", script], stderr=subprocess.DEVNULL)
open("seen.txt", "w").write(str(len(open("large.bin", "rb").read().replace(b"tide", b""))))
`;

test(
  'hostile 28: a large input may be the object of the store itself, and no step can write it, whatever it tries',
  { skip: noSandbox },
  async (t) => {
    const rig = commandRig(t, { 'make.py': makeLarge, 'attack.py': attack });
    const attacker = 'attack: { run: python attack.py, in: [attack.py, steps.make/large], out: { seen: seen.txt } }';

    const printed: string[] = [];
    const { steps } = await rig.run(`steps: { ${make}, ${attacker} }`, { onOutput: (text) => printed.push(text) });

    const digest = steps[0]?.outputs['large']?.digest ?? assert.fail();
    assert.deepEqual([steps[1]?.failure, printed.join('')], [null, '']);
    assert.equal(readFileSync(join(rig.root, 'seen.txt'), 'utf8'), '0');
    assert.equal((await rig.store.readBytes(digest)).toString().replaceAll('tide', ''), '');
  },
);

test(
  'large files of an input that lies at the top of a workspace are shared and sealed one by one; small ones may be written',
  { skip: noSandbox },
  async (t) => {
    const rig = commandRig(t, {
      'make.py': makeLarge,
      'use.sh': 'echo more >> small.txt; echo more > beside.txt; echo x >> one.bin; echo $? > code.txt\n',
    });
    const many = 'many: { run: sh -c "mkdir m; cp large.bin m/one.bin; echo small > m/small.txt", in: steps.make/large, out: { all: m/ } }';
    const use = 'use: { run: sh use.sh, in: [use.sh, steps.many/all], out: { code: code.txt } }';
    const atTop: typeof commandNodes = (config, root) =>
      commandNodes(config, root).map((node) =>
        node.name === 'steps.use'
          ? { ...node, inputs: node.inputs.map((input) => (input.from === 'step' ? { ...input, place: '.' } : input)) }
          : node,
      );

    const { steps } = await rig.run(`steps: { ${make}, ${many}, ${use} }`, { nodesOf: atTop });

    assert.equal(steps[2]?.failure, null);
    assert.equal(readFileSync(join(rig.root, 'code.txt'), 'utf8'), '2\n');
  },
);

test(
  'a copy of a large input that keeps its mode is read-only, which is told; the workspace that is left shares nothing with the store',
  { skip: noSandbox },
  async (t) => {
    const rig = commandRig(t, { 'make.py': makeLarge });
    const edit =
      'edit: { run: sh -c "cp large.bin own.bin; chmod a-w own.bin; echo more >> own.bin", in: steps.make/large, out: { own: own.bin } }';

    const { steps } = await rig.run(`steps: { ${make}, ${edit} }`);

    const [run = ''] = readdirSync(join(rig.folder, 'home/workspaces'));
    const left = statSync(join(rig.folder, 'home/workspaces', run, 'steps.edit/large.bin'));
    assert.match(steps[1]?.failure?.message ?? '', /Permission denied/);
    assert.match(steps[1]?.failure?.hint ?? '', /cp --no-preserve=mode/);
    assert.deepEqual([left.nlink, left.mode & 0o777], [1, 0o644]);
  },
);
