import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hexOf, type RunRecord } from '@tidegate/formats';
import { digestOfBytes, filesBelow, runningProcesses, worksIn } from '../platform/index.ts';
import { openState } from '../store/index.ts';

const kills = Number(process.env['TIDEGATE_KILLS'] ?? 50);
const seed = Number(process.env['TIDEGATE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const program = join(import.meta.dirname, 'fixtures/crash-run.ts');

test(`a run that is killed at ${kills} random moments is finished by the plain rerun: right bytes, nothing finished is repeated, nothing is left behind`, async (t) => {
  t.diagnostic(`seed ${seed}: replay with TIDEGATE_SEED=${seed}`);
  const random = randomOf(seed);
  const wanted = await reference(t);
  const seen = { midRun: 0, afterEnd: 0, recordedBefore: 0, strays: 0 };
  while (seen.midRun < kills && seen.afterEnd < 3 * kills) {
    const folder = makeFolder(t);
    const times = 1 + Math.floor(random() * 3);
    for (let time = 0; time < times && seen.midRun < kills; time++) {
      const momentMs = random() * wanted.durationMs;
      seen[(await killAfter(start(folder), momentMs)) ? 'afterEnd' : 'midRun']++;
      await assertNothingHalf(folder, wanted.files);
    }
    const before = recordedSteps(folder);
    seen.recordedBefore += before.length;
    seen.strays += straysOf(folder).length;
    const rerun = await finish(start(folder));

    assert.equal(rerun.code, 0, rerun.output);
    assert.deepEqual(await contentOf(folder), wanted.files);
    const repeated = rerun.run?.steps
      .filter((record) => record.status !== 'hit' && before.includes(record.step))
      .map((record) => record.step);
    assert.deepEqual(repeated, [], `recorded before: ${before.join(', ')}`);
    assert.deepEqual(straysOf(folder), []);
    assert.deepEqual(
      (await filesBelow(folder)).filter((path) => path.includes('.tmp-')),
      [],
    );
    assert.deepEqual(await filesBelow(join(folder, 'tidegate-home/workspaces')), []);
    rmSync(folder, { recursive: true });
  }
  t.diagnostic(
    `${seen.midRun} kills within a run, ${seen.afterEnd} after its end; ${seen.recordedBefore} results found by the reruns, ${seen.strays} processes ended`,
  );
  assert.equal(seen.midRun, kills);
  assert.ok(kills < 20 || (seen.recordedBefore > 0 && seen.strays > 0), 'some kills must leave results and processes');
});

interface Reference {
  readonly files: { readonly [path: string]: string };
  readonly durationMs: number;
}

/** The bytes of a run that nobody disturbs, and how long it takes from its beginning. */
async function reference(t: TestContext): Promise<Reference> {
  const folder = makeFolder(t);
  const { code, run, output } = await finish(start(folder));
  assert.equal(code, 0, output);
  return { files: await contentOf(folder), durationMs: run?.durationMs ?? assert.fail('no record') };
}

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-crash-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'project'));
  writeFileSync(join(folder, 'project/seed.txt'), 'the tide goes out and never back in; '.repeat(12_000));
  return folder;
}

function start(folder: string): ChildProcess {
  return spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Kills the engine's process, and nothing of what it has started, so long after its run began. */
async function killAfter(child: ChildProcess, momentMs: number): Promise<boolean> {
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout ?? assert.fail() });
  await Promise.race([once(lines, 'line'), exited]);
  await Promise.race([sleep(momentMs), exited]);
  child.kill('SIGKILL');
  const [code] = await exited;
  return code === 0;
}

async function finish(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly run: RunRecord | null; readonly output: string }> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = await once(child, 'close');
  const line = output.split('\n').find((text) => text.startsWith('{"run"'));
  return { code, output, run: line === undefined ? null : JSON.parse(line).run };
}

/** What a kill may leave: final names with whole content, or nothing. */
async function assertNothingHalf(folder: string, wanted: Reference['files']): Promise<void> {
  for (const [path, digest] of Object.entries(await contentOf(folder))) assert.equal(digest, wanted[path], `half-written: ${path}`);
  const objects = join(folder, 'tidegate-home/objects');
  for (const path of await filesBelow(objects).catch(() => []))
    if (!path.startsWith('incoming/') && !path.startsWith('small.sqlite'))
      assert.equal(hexOf(digestOfBytes(readFileSync(join(objects, path)))), path.replace('/', ''), `half-written: ${path}`);
}

async function contentOf(folder: string): Promise<Reference['files']> {
  const root = join(folder, 'project');
  const paths = (await filesBelow(root)).filter((path) => !path.includes('.tmp-'));
  return Object.fromEntries(paths.map((path) => [path, digestOfBytes(readFileSync(join(root, path)))]));
}

function recordedSteps(folder: string): readonly string[] {
  using state = openState(join(folder, 'tidegate-home/state.sqlite'));
  return state
    .prepare('SELECT step FROM result ORDER BY step')
    .all()
    .map((row) => String(row['step']));
}

function straysOf(folder: string): readonly number[] {
  return runningProcesses()
    .filter((process) => worksIn(process, join(folder, 'tidegate-home')))
    .map((process) => process.pid);
}

/** Numbers in [0, 1) that a seed decides (mulberry32). */
function randomOf(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
