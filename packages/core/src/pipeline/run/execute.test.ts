import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunRecord, type StepRecord, stepName } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import { newestResults } from '../cache/results.ts';
import type { StepContext, StepKind } from '../step-kind.ts';
import { joinKind } from '../test-kinds.ts';
import { damageObject, makeTestProject, outcomes, step, type TestProject } from '../test-project.ts';

const recordOf = (run: RunRecord, name: string): StepRecord => run.steps.find((record) => record.step === name) ?? assert.fail(name);
const published = (project: TestProject, path: string): string => readFileSync(join(project.root, path), 'utf8');

/** A kind whose steps do what the setting `do` says. */
function actingKind(act: {
  readonly [name: string]: (context: StepContext) => Promise<Partial<Awaited<ReturnType<StepKind['run']>>>>;
}): StepKind {
  return joinKind([], async (context) => (await act[String(context.node.settings['do'])]?.(context)) ?? {});
}

test('the workspace of a step that is done is gone while the run goes on', { timeout: 30_000 }, async (t) => {
  let folder = '';
  const fill = async ({ workspace }: StepContext) => ((folder = await workspace()), {});
  const wait = async () => {
    while (existsSync(folder)) await sleep(2);
    return {};
  };
  const project = await makeTestProject(t, { kinds: [actingKind({ fill, wait })] });

  const run = await project.run([step('a', { settings: { do: 'fill' } }), step('b', { in: ['steps.a/out'], settings: { do: 'wait' } })]);

  assert.notEqual(folder, '');
  assert.deepEqual(outcomes(run), ['steps.a: done', 'steps.b: done']);
});

test('a chain runs in order, its outputs are published, and again everything is a hit', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [joinKind(ran)] });
  project.write('a.txt', 'A');
  const steps = [step('b', { in: ['steps.a/out'], settings: { text: 'b' } }), step('a', { in: ['a.txt'], settings: { text: 'a' } })];

  const first = await project.run(steps);
  const second = await project.run(steps);

  assert.deepEqual(outcomes(first), ['steps.a: done', 'steps.b: done']);
  assert.equal(first.status, 'succeeded');
  assert.equal(first.verdict, null);
  assert.equal(published(project, 'made/b.txt'), 'b|a|A');
  assert.deepEqual(outcomes(second), ['steps.a: hit', 'steps.b: hit']);
  assert.deepEqual(ran, ['steps.a', 'steps.b']);
  assert.deepEqual(
    second.steps.map((record) => record.madeBy),
    [first.id, first.id],
  );
});

test('events tell the run in order: started, each step with its reasons, finished', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const steps = [step('a'), step('b', { in: ['steps.a/out'] })];
  const told = () => project.events.map((event) => ('record' in event ? `${event.kind} ${event.record.status}` : event.kind));

  await project.run(steps);
  const cold = told();
  await project.run(steps);

  assert.deepEqual(cold, [
    'run-started',
    'step-started',
    'step-finished done',
    'step-started',
    'step-finished done',
    'run-finished succeeded',
  ]);
  assert.deepEqual(told(), ['run-started', 'step-finished hit', 'step-finished hit', 'run-finished succeeded']);
});

test('the reason of a miss names the very file, artifact, setting and variable', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  project.write('a.txt', 'A');
  const first = await project.run([
    step('a', { in: ['a.txt'], settings: { text: 'a' }, variables: { SEED: '1' } }),
    step('b', { in: ['steps.a/out'] }),
  ]);

  project.write('a.txt', 'B');
  const second = await project.run([
    step('a', { in: ['a.txt'], settings: { text: 'x' }, variables: { SEED: '2' } }),
    step('b', { in: ['steps.a/out'] }),
  ]);

  assert.deepEqual(recordOf(first, 'steps.a').reasons, [{ kind: 'never-run' }]);
  assert.deepEqual(recordOf(second, 'steps.a').reasons, [
    { kind: 'input-changed', input: 'a.txt', before: digestOfBytes('A'), after: digestOfBytes('B') },
    { kind: 'setting-changed', setting: 'settings.text', before: 'a', after: 'x' },
    { kind: 'setting-changed', setting: 'variables.SEED', before: '1', after: '2' },
  ]);
  assert.deepEqual(recordOf(second, 'steps.b').reasons, [
    { kind: 'input-changed', input: 'steps.a/out', before: digestOfBytes('a|A'), after: digestOfBytes('x|B') },
  ]);
});

test('the reason is told against the nearest of the earlier results, not the latest', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const variant = (more: { readonly [name: string]: string }) => [step('a', { settings: { p: '1', q: '1', ...more } })];
  await project.run(variant({}));
  await project.run(variant({ p: '2', q: '2' }));

  const third = await project.run(variant({ q: '3' }));

  assert.deepEqual(recordOf(third, 'steps.a').reasons, [{ kind: 'setting-changed', setting: 'settings.q', before: '1', after: '3' }]);
});

test('going back to an earlier variant is a hit', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const first = await project.run([step('a', { settings: { text: '1' } })]);
  await project.run([step('a', { settings: { text: '2' } })]);

  const back = await project.run([step('a', { settings: { text: '1' } })]);

  assert.deepEqual([recordOf(back, 'steps.a').status, recordOf(back, 'steps.a').madeBy], ['hit', first.id]);
  assert.equal(published(project, 'made/a.txt'), '1');
});

test('a step that is forced runs although nothing changed, once, and its result replaces the old one when that is asked for', async (t) => {
  let serial = 0;
  const project = await makeTestProject(t, {
    kinds: [
      actingKind({
        count: async ({ store }) => ({ outputs: { out: { kind: 'file', ...(await store.putBytes(String(++serial))), files: 1 } } }),
      }),
    ],
  });
  const steps = [step('a', { settings: { do: 'count' } }), step('b', { in: ['steps.a/out'] })];
  await project.run(steps);

  const forced = await project.run(steps, { force: [stepName('steps.a')], replace: true });
  const after = await project.run(steps);
  const all = await project.run(steps, { force: 'all', replace: true });

  assert.deepEqual(recordOf(forced, 'steps.a').reasons, [{ kind: 'forced' }]);
  assert.deepEqual(outcomes(forced), ['steps.a: done', 'steps.b: done']);
  assert.deepEqual(recordOf(after, 'steps.a').outputs, recordOf(forced, 'steps.a').outputs);
  assert.deepEqual(outcomes(after), ['steps.a: hit', 'steps.b: hit']);
  assert.deepEqual(outcomes(all), ['steps.a: done', 'steps.b: done']);
});

test('of two results for one key the first complete one counts, and the difference is recorded (hostile 7)', async (t) => {
  const project = await makeTestProject(t, {
    kinds: [
      actingKind({
        race: async ({ node, store, run }) => {
          // Somebody else records the result of the same key while this one runs, as a process could that was thought dead.
          const key = project.parts.state.prepare('SELECT key FROM flight').get()?.['key'];
          const outputs = { out: { kind: 'file' as const, ...(await store.putBytes('first')), files: 1 } };
          const insert = 'INSERT INTO result (key, project, step, run, record, duration_ms, recorded_at) VALUES (?, ?, ?, ?, ?, 1, ?)';
          project.parts.state
            .prepare(insert)
            .run(
              String(key),
              'demo',
              node.name,
              run.replace(/....$/, 'abcd'),
              JSON.stringify({ outputs, evidence: [], facts: {} }),
              '2026',
            );
          return { outputs: { out: { kind: 'file' as const, ...(await store.putBytes('second')), files: 1 } } };
        },
      }),
    ],
  });
  const steps = [step('a', { settings: { do: 'race' } })];

  const run = await project.run(steps);
  const again = await project.run(steps);

  assert.equal(published(project, 'made/a.txt'), 'first');
  assert.deepEqual(
    recordOf(run, 'steps.a').repetition?.differences.map(({ output }) => output),
    ['out'],
  );
  assert.deepEqual(recordOf(again, 'steps.a').outputs['out']?.digest, digestOfBytes('first'));
});

test('a damaged object that is come upon while running is made again within the run (hostile 2)', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [joinKind(ran)] });
  const first = await project.run([step('a', { settings: { text: 'good' } }), step('b', { in: ['steps.a/out'] })]);
  damageObject(project, recordOf(first, 'steps.a').outputs['out']?.digest ?? assert.fail(), 'evil');
  ran.length = 0;

  const again = await project.run([
    step('a', { settings: { text: 'good' } }),
    step('b', { in: ['steps.a/out'], settings: { text: 'new' } }),
  ]);

  assert.equal(again.status, 'succeeded');
  assert.deepEqual(ran, ['steps.b', 'steps.a', 'steps.b']);
  assert.equal(published(project, 'made/b.txt'), 'new|good');
});

test('a published file that somebody changed is put right by a run that finds nothing to do', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const steps = [step('a', { settings: { text: 'ours' } })];
  await project.run(steps);
  project.write('made/a.txt', 'edited');

  const run = await project.run(steps);

  assert.deepEqual(outcomes(run), ['steps.a: hit']);
  assert.equal(published(project, 'made/a.txt'), 'ours');
});

test('outputs that are not to be published, and runs that are not to publish, leave the tree alone', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  await project.run([step('a', { outputs: [{ name: 'out', path: 'made/a.txt', publish: false }] })]);
  await project.run([step('b')], { publish: false });

  assert.deepEqual(readdirSync(project.root), []);
});

test('a selection runs a step and what it needs; "only" takes what it needs from earlier runs or says that there is none', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const steps = [step('a'), step('b', { in: ['steps.a/out'] }), step('c')];
  const only = { only: [stepName('steps.b')] };

  const early = await project.run(steps, only);
  const upTo = await project.run(steps, { upTo: [stepName('steps.a')] });
  const late = await project.run(steps, only);

  assert.equal(recordOf(early, 'steps.a').failure?.code, 'TG-PIPELINE-NOT-CACHED');
  assert.deepEqual(outcomes(early), ['steps.a: failed', 'steps.b: blocked']);
  assert.deepEqual(outcomes(upTo), ['steps.a: done']);
  assert.deepEqual(outcomes(late), ['steps.a: hit', 'steps.b: done']);
});

test('what is refused before anything runs leaves no run behind', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });

  await assert.rejects(project.run([step('a', { in: ['none.txt'] })]), /TG-PIPELINE-INPUT-MISSING/);
  await assert.rejects(project.run([step('a', { in: ['steps.a/out'] })]), /TG-PIPELINE-CYCLE/);

  assert.deepEqual(project.engine.runs.list(), []);
  assert.equal(existsSync(project.parts.home.workspaces), false);
});

test('a step that waits for nothing of another runs beside it', async (t) => {
  let busy = 0;
  let most = 0;
  const project = await makeTestProject(t, {
    kinds: [
      joinKind([], async () => {
        most = Math.max(most, ++busy);
        await new Promise((resolve) => setTimeout(resolve, 50));
        busy--;
        return {};
      }),
    ],
  });

  await project.run([step('a'), step('b'), step('c'), step('d')], { cpus: 3 });

  assert.equal(most, 3);
});

test('results are remembered by step, newest first', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const runs = [];
  for (const text of ['1', '2', '3']) runs.push(await project.run([step('a', { settings: { text } })]));

  const results = newestResults(project.parts.state, { project: 'demo', step: stepName('steps.a') }, 2);

  assert.deepEqual(
    results.map((result) => result.run),
    [runs[2]?.id, runs[1]?.id],
  );
});
