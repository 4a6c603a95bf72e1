import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { commandNodes } from './command-nodes.ts';
import { commandRig } from './test-rig.ts';
import { defaultStep } from '../config/index.ts';

const noStrace = spawnSync('strace', ['-V']).status !== 0 && !process.env['TIDEGATE_REQUIRE_SERVICES'] && 'there is no strace';

test(
  'a traced step is told what it looked for in the project without declaring it, by whatever path, also where it went on without',
  { skip: noStrace },
  async (t) => {
    const rig = commandRig(t, {
      'a.sh':
        '#!/bin/sh\n[ -e options.txt ] || cat data/x.txt 2>/dev/null\ncd data 2>/dev/null\ncat "$1" declared.txt no-such-file 2>/dev/null\necho a > a.txt\n',
      'options.txt': '',
      'data/x.txt': '',
      'by place.txt': '',
      'declared.txt': '',
      'other.txt': '',
    });
    const traced = { ...defaultStep.isolation, isTraced: true };

    const { status } = await rig.run(`steps: { a: { run: [./a.sh, "${rig.root}/by place.txt"], in: declared.txt, out: { a: a.txt } } }`, {
      nodesOf: (config, root) => commandNodes(config, root).map((node) => ({ ...node, isolation: traced })),
    });

    assert.equal(status, 'succeeded');
    assert.deepEqual(rig.undeclared, [['by place.txt', 'data/x.txt', 'options.txt']]);
  },
);
