import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Evidence, failure, type RunRecord, type StepRecord, stepName, type Verdict } from '@tidegate/formats';
import { digestOfBytes, identityOf } from '../platform/index.ts';
import { newestResults } from './results.ts';
import type { StepContext, StepKind } from './step-kind.ts';
import { joinKind, shellKind } from './test-kinds.ts';
import { makeTestProject, outcomes, step, type TestProject } from './test-project.ts';

const recordOf = (run: RunRecord, name: string): StepRecord => run.steps.find((record) => record.step === name) ?? assert.fail(name);
const published = (project: TestProject, path: string): string => readFileSync(join(project.root, path), 'utf8');

function evidence(verdict: Verdict, blocking: boolean): Evidence {
  return {
    format: 'tidegate.evidence/1',
    kind: 'check',
    name: 'x',
    subject: 'steps.a',
    verdict,
    blocking,
    reason: 'Because',
    details: null,
  };
}

/** A kind whose steps do what the setting `do` says. */
function actingKind(act: {
  readonly [name: string]: (context: StepContext) => Promise<Partial<Awaited<ReturnType<StepKind['run']>>>>;
}): StepKind {
  return joinKind([], async (context) => (await act[String(context.node.settings['do'])]?.(context)) ?? {});
}

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

test('evidence that must pass and does not blocks what depends on the step, on a hit as well, and nothing else', async (t) => {
  for (const verdict of ['fail', 'invalid', 'inconclusive'] as const) {
    const project = await makeTestProject(t, { kinds: [actingKind({ check: async () => ({ evidence: [evidence(verdict, true)] }) })] });
    const steps = [
      step('a', { settings: { do: 'check' } }),
      step('b', { in: ['steps.a/out'] }),
      step('c', { in: ['steps.b/out'] }),
      step('d'),
    ];

    const first = await project.run(steps);
    const second = await project.run(steps);

    assert.deepEqual(outcomes(first), ['steps.a: done', 'steps.b: blocked', 'steps.c: blocked', 'steps.d: done']);
    assert.deepEqual([first.status, first.verdict], ['stopped', verdict]);
    assert.deepEqual(recordOf(first, 'steps.c').facts, { blockedBy: ['steps.b'] });
    assert.deepEqual(outcomes(second), ['steps.a: hit', 'steps.b: blocked', 'steps.c: blocked', 'steps.d: hit']);
    assert.deepEqual(recordOf(second, 'steps.a').evidence, [evidence(verdict, true)]);
  }
});

test('evidence that need not pass, or that passes, blocks nothing; the verdict is that of what must pass', async (t) => {
  const project = await makeTestProject(t, {
    kinds: [actingKind({ check: async () => ({ evidence: [evidence('fail', false), evidence('pass', true)] }) })],
  });

  const run = await project.run([step('a', { settings: { do: 'check' } }), step('b', { in: ['steps.a/out'] })]);

  assert.deepEqual([run.status, run.verdict], ['succeeded', 'pass']);
  assert.deepEqual(outcomes(run), ['steps.a: done', 'steps.b: done']);
});

const failing = actingKind({
  fail: async () => {
    throw failure('TG-STORE-LINK', 'Cannot do it: no', 'Do something else');
  },
  break: async () => {
    throw new TypeError('x is not a function');
  },
});

test('after a failure nothing is begun any more, and what depends on it is blocked', async (t) => {
  const project = await makeTestProject(t, { kinds: [failing] });
  const steps = [step('a', { settings: { do: 'fail' } }), step('b', { in: ['steps.a/out'] }), step('c')];

  const run = await project.run(steps, { cpus: 1 });

  assert.deepEqual(outcomes(run), ['steps.a: failed', 'steps.b: blocked', 'steps.c: cancelled']);
  assert.equal(run.status, 'failed');
  assert.deepEqual(recordOf(run, 'steps.a').failure, { code: 'TG-STORE-LINK', message: 'Cannot do it: no', hint: 'Do something else' });
});

test('with keepGoing what does not need the failed step is run', async (t) => {
  const project = await makeTestProject(t, { kinds: [failing] });
  const steps = [step('a', { settings: { do: 'fail' } }), step('b', { in: ['steps.a/out'] }), step('c')];

  const run = await project.run(steps, { cpus: 1, keepGoing: true });

  assert.deepEqual(outcomes(run), ['steps.a: failed', 'steps.b: blocked', 'steps.c: done']);
});

test('a step that is running when another fails is finished and its result kept', async (t) => {
  const slow = actingKind({
    fail: async () => Promise.reject(failure('TG-STORE-LINK', 'Cannot do it: no', null)),
    wait: async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return {};
    },
  });
  const project = await makeTestProject(t, { kinds: [slow] });
  const steps = [step('a', { settings: { do: 'fail' } }), step('b', { settings: { do: 'wait' } })];

  const first = await project.run(steps);
  const second = await project.run(steps, { keepGoing: true });

  assert.deepEqual(outcomes(first), ['steps.a: failed', 'steps.b: done']);
  assert.deepEqual(outcomes(second), ['steps.a: failed', 'steps.b: hit']);
});

test('a failed step runs again the next time', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind()] });
  const steps = [step('a', { kind: 'shell', settings: { run: `test -e "${project.root}/../go" && echo 1 > made/a.txt` } })];

  const first = await project.run(steps);
  project.write('../go', '');
  const second = await project.run(steps);

  assert.deepEqual([first.status, second.status], ['failed', 'succeeded']);
});

test('an error of our own is called a bug, with its trace in the log', async (t) => {
  const project = await makeTestProject(t, { kinds: [failing] });

  const run = await project.run([step('a', { settings: { do: 'break' } })]);

  const record = recordOf(run, 'steps.a');
  const log = project.engine.stepLog(run.id, record.step);
  assert.deepEqual(record.failure, {
    code: 'TG-PIPELINE-STEP-BROKE',
    message: 'Cannot run "steps.a": TypeError: x is not a function',
    hint: `Please report this with the log "${log}"`,
  });
  assert.match(readFileSync(log, 'utf8'), /^TypeError: x is not a function\n {4}at /);
});

test('a kind that returns what it did not store, or what nobody declared, has a bug', async (t) => {
  const artifact = { kind: 'file' as const, digest: digestOfBytes('nowhere'), bytes: 7, files: 1 };
  const kind = actingKind({
    lose: async () => ({ outputs: { out: artifact } }),
    add: async (context) => ({ outputs: { out: { ...artifact, ...(await context.store.putBytes('x')) }, more: artifact } }),
  });
  const project = await makeTestProject(t, { kinds: [kind] });

  for (const what of ['lose', 'add'])
    assert.equal(recordOf(await project.run([step('a', { settings: { do: what } })]), 'steps.a').failure?.code, 'TG-PIPELINE-STEP-BROKE');
});

test('a step that is forced runs although nothing changed, once, and its result replaces the old one', async (t) => {
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

  const forced = await project.run(steps, { force: [stepName('steps.a')] });
  const after = await project.run(steps);
  const all = await project.run(steps, { force: 'all' });

  assert.deepEqual(recordOf(forced, 'steps.a').reasons, [{ kind: 'forced' }]);
  assert.deepEqual(outcomes(forced), ['steps.a: done', 'steps.b: done']);
  assert.deepEqual(recordOf(after, 'steps.a').outputs, recordOf(forced, 'steps.a').outputs);
  assert.deepEqual(outcomes(after), ['steps.a: hit', 'steps.b: hit']);
  assert.deepEqual(outcomes(all), ['steps.a: done', 'steps.b: done']);
});

test('of two results for one key the first complete one counts, and the difference is recorded (hostile row 7)', async (t) => {
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
  assert.deepEqual(recordOf(run, 'steps.a').facts, { differs: ['out'] });
  assert.deepEqual(recordOf(again, 'steps.a').outputs['out']?.digest, digestOfBytes('first'));
});

test('a damaged object that is come upon while running is made again within the run (hostile row 2)', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [joinKind(ran)] });
  const first = await project.run([step('a', { settings: { text: 'good' } }), step('b', { in: ['steps.a/out'] })]);
  const path = await project.parts.store.pathOf(recordOf(first, 'steps.a').outputs['out']?.digest ?? assert.fail());
  chmodSync(path, 0o644);
  writeFileSync(path, 'evil');
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

test('an output that cannot be published fails the run, and its result is kept', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  project.write('made/a.txt/in-the-way', '');
  const steps = [step('a')];

  const first = await project.run(steps);
  project.remove('made/a.txt');
  const second = await project.run(steps);

  assert.equal(recordOf(first, 'steps.a').failure?.code, 'TG-PIPELINE-PUBLISH');
  assert.equal(first.status, 'failed');
  assert.deepEqual([second.status, ...outcomes(second)], ['succeeded', 'steps.a: hit']);
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

test('cancelling ends what runs with all its processes, begins nothing, and the rerun takes up from there', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind(), joinKind()] });
  const steps = [
    step('a'),
    step('b', { kind: 'shell', in: ['steps.a/out'], settings: { run: 'sleep 60 & echo $!; wait; echo x > made/b.txt' } }),
    step('c', { in: ['steps.b/out'] }),
  ];
  const abort = new AbortController();
  const pids: number[] = [];

  const run = await project.run(steps, {
    signal: abort.signal,
    emit: (event) => {
      if (event.kind !== 'step-output') return;
      pids.push(Number(event.line));
      abort.abort();
    },
  });

  assert.deepEqual([run.status, ...outcomes(run)], ['cancelled', 'steps.a: done', 'steps.b: cancelled', 'steps.c: cancelled']);
  assert.equal(identityOf(pids[0] ?? 0), null);
  assert.deepEqual(
    project.parts.state.prepare('SELECT (SELECT count(*) FROM flight) + (SELECT count(*) FROM process) AS rows').get(),
    Object.assign(Object.create(null), { rows: 0 }),
  );
  assert.deepEqual(readdirSync(project.parts.home.workspaces), []);
  const fixed = [steps[0] ?? assert.fail(), step('b', { in: ['steps.a/out'] }), step('c', { in: ['steps.b/out'] })];
  assert.deepEqual(outcomes(await project.run(fixed)), ['steps.a: hit', 'steps.b: done', 'steps.c: done']);
});

test('a signal that is aborted from the start runs nothing', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [joinKind(ran)] });

  const run = await project.run([step('a')], { signal: AbortSignal.abort() });

  assert.deepEqual([run.status, ran.length], ['cancelled', 0]);
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
