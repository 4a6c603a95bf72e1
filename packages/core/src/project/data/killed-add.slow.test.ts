import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runUntilChange } from '../../../../runtime/src/test-kill-at-change.ts';
import { tidegateProgram } from '../../../../runtime/src/test-program.ts';

const verbs = ['add', 'status', 'gc'];

interface Place {
  readonly cwd: string;
  readonly variables: NodeJS.ProcessEnv;
  readonly call: (...words: readonly string[]) => Promise<{ readonly code: number | null; readonly output: string }>;
}

function place(t: TestContext, files: number): Place {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-killed-add-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const cwd = join(folder, 'project');
  mkdirSync(join(cwd, 'data'), { recursive: true });
  writeFileSync(join(cwd, 'tidegate.yaml'), 'version: 1\ndata: { files: { from: { files: data } } }\n');
  for (let index = 0; index < files; index++) writeFileSync(join(cwd, 'data', `${index}.bin`), `file ${index} `.repeat(200));
  const variables = { ...process.env, TIDEGATE_HOME: join(folder, 'home') };
  return { cwd, variables, call: (...words) => runUntilChange([tidegateProgram, ...words], { cwd, variables, killAt: null }) };
}

test('an add that is killed at any moment leaves nothing wrong: the next one is right, and a check-out gives every byte back', async (t) => {
  const { cwd, variables, call } = place(t, 3_000);
  const run = (words: readonly string[], killAt: number | null): ReturnType<typeof runUntilChange> =>
    runUntilChange([tidegateProgram, ...words], { cwd, variables, killAt });
  const tried = place(t, 3_000);
  const adding = await runUntilChange([tidegateProgram, 'data', 'commit'], { ...tried, killAt: null });
  rmSync(join(tried.cwd, 'data'), { recursive: true });
  const placing = await runUntilChange([tidegateProgram, 'data', 'checkout', 'files'], { ...tried, killAt: null });
  for (const share of [0.02, 0.1, 0.2, 0.2, 0.2, 0.1]) {
    const { killed, output } = await run(['data', 'add'], Math.ceil(share * adding.changes));
    assert.ok(killed, `at ${share} of ${adding.changes} changes: ${output}`);
  }

  const committed = await call('data', 'commit');
  assert.equal(committed.code, 0, committed.output);
  rmSync(join(cwd, 'data'), { recursive: true });
  for (const share of [0.05, 0.4, 0.3]) {
    const { killed, output } = await run(['data', 'checkout', 'files'], Math.ceil(share * placing.changes));
    assert.ok(killed, `at ${share} of ${placing.changes} changes: ${output}`);
  }
  const placed = await call('data', 'checkout', 'files');
  assert.equal(placed.code, 0, placed.output);

  for (let index = 0; index < 3_000; index++)
    assert.equal(readFileSync(join(cwd, 'data', `${index}.bin`), 'utf8'), `file ${index} `.repeat(200));
  const status = await call('data', 'status');
  assert.match(status.output, /nothing changed/);
  const checked = await call('store', 'fsck');
  assert.equal(checked.code, 0, checked.output);
});

test('eight processes add, look and place at once: each waits for the others and none fails', async (t) => {
  const { cwd, call } = place(t, 300);
  assert.equal((await call('data', 'commit')).code, 0);
  const work = async (index: number): Promise<void> => {
    for (let round = 0; round < 3; round++) {
      writeFileSync(join(cwd, 'data', `${index}.bin`), `process ${index}, round ${round}`);
      const { code, output } = await call('data', verbs[(index + round) % verbs.length] ?? 'status');
      assert.ok(code === 0 || /TG-STORE-FILE-CHANGED/.test(output), output);
    }
  };

  await Promise.all(Array.from({ length: 8 }, (_, index) => work(index)));

  const committed = await call('data', 'commit');
  assert.equal(committed.code, 0, committed.output);
  assert.match((await call('data', 'verify')).output, /300 files, .*: sound/);
});
