import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

/** `nobody` of Linux, who owns nothing. */
const nobody = 65_534;
const suites = ['step-sandbox.test.ts', 'sealed-workspace.slow.test.ts', 'hostile-steps.test.ts'].map((name) =>
  join(import.meta.dirname, name),
);

function asNobody(argv: readonly string[], folder: string): SpawnSyncReturns<string> {
  const { NODE_TEST_CONTEXT: _, ...variables } = process.env;
  const own = { ...variables, HOME: folder, TMPDIR: folder, TIDEGATE_REQUIRE_SERVICES: '1' };
  const switching = ['--reuid', String(nobody), '--regid', String(nobody), '--clear-groups'];
  return spawnSync('setpriv', [...switching, ...argv], { encoding: 'utf8', env: own, timeout: 120_000 });
}

/** Why the test cannot be run here; false when it can. Whoever is not root runs these suites without privileges anyway. */
function obstacle(): string | false {
  if (process.getuid?.() !== 0) return 'it needs root, to become somebody without rights';
  const { status } = asNobody([process.execPath, '-e', 'require("node:fs").readFileSync(process.argv[1])', suites[0] ?? ''], '/tmp');
  return status === 0 ? false : 'it needs "setpriv" and a checkout that others may read';
}

test(
  'hostile 28: a user without any rights has the same sandbox: all that is held of it holds for nobody as well',
  { skip: obstacle() },
  (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-nobody-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    chownSync(folder, nobody, nobody);

    const { status, stdout } = asNobody([process.execPath, '--test', '--test-reporter=tap', ...suites], folder);

    assert.equal(status, 0, stdout);
    assert.match(stdout, /^# skipped 0$/m);
    assert.match(stdout, /^ok \d+ - hostile 28: a step reaches no key/m);
  },
);
