import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { test, type TestContext } from 'node:test';
import { failure } from '@tidegate/formats';
import { NotBegun } from '../not-begun.ts';
import type { StepKind } from '../step-kind.ts';
import { makeTestProject, openTestProject, outcomes, step, type TestProject } from '../test-project.ts';

/** What happened, in order, and a way to wait for it. */
interface Told {
  readonly lines: readonly string[];
  readonly tell: (line: string) => void;
  readonly until: (line: string) => Promise<void>;
}

function openTold(): Told {
  const lines: string[] = [];
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  const of = (line: string): PromiseWithResolvers<void> => {
    const entry = waiting.get(line) ?? Promise.withResolvers<void>();
    waiting.set(line, entry);
    return entry;
  };
  return { lines, tell: (line) => (lines.push(line), of(line).resolve()), until: (line) => of(line).promise };
}

/** A kind that gets ready and tells what it does; `work` is what the steps do once they have begun. */
function readyKind({ tell }: Told, work: { readonly [step: string]: () => Promise<unknown> }): StepKind {
  return {
    kind: 'join',
    version: 1,
    getsReady: true,
    run: async ({ node, store, begin }) => {
      const name = node.name.slice('steps.'.length);
      tell(`ready ${name}`);
      await begin?.().catch((error: unknown) => {
        tell(error instanceof NotBegun ? `not begun ${name}` : String(error));
        throw error;
      });
      tell(`begin ${name}`);
      await work[name]?.();
      return { outputs: { out: { kind: 'file', ...(await store.putBytes(name)), files: 1 } }, evidence: [], facts: {} };
    },
  };
}

/** The same project over the same home, as another process opens it. */
function beside(t: TestContext, { root }: TestProject, kind: StepKind): TestProject {
  const project = openTestProject(dirname(root), { kinds: [kind] });
  t.after(() => project.parts.state[Symbol.dispose]());
  return project;
}

const limit = { timeout: 30_000 };
const steps = (names: string) => [...names].map((name) => step(name));

test('the next steps get ready while another one has the core, a few of them, and begin in order', limit, async (t) => {
  const told = openTold();
  const kind = readyKind(told, { a: () => told.until('ready d') });
  const project = await makeTestProject(t, { kinds: [kind] });

  const run = await project.run(steps('abcdefgh'), { cpus: 1 });

  assert.equal(run.status, 'succeeded');
  const begun = told.lines.filter((line) => line.startsWith('begin'));
  assert.deepEqual(
    begun,
    [...'abcdefgh'].map((name) => `begin ${name}`),
  );
  assert.deepEqual(told.lines.slice(0, told.lines.indexOf('begin b')), ['ready a', 'begin a', 'ready b', 'ready c', 'ready d']);
  for (const [index, line] of told.lines.entries()) {
    const before = told.lines.slice(0, index + 1);
    const count = (word: string): number => before.filter((one) => one.startsWith(word)).length;
    assert.ok(count('ready') - count('begin') <= 3, line);
  }
});

test('a step that got ready is not begun when the run stops for a failure, and what it got ready is taken down', limit, async (t) => {
  const told = openTold();
  const fail = async (): Promise<never> => {
    await told.until('ready b');
    throw failure('TG-STORE-LINK', 'Cannot do it: no', null);
  };
  const project = await makeTestProject(t, { kinds: [readyKind(told, { a: fail })] });

  const run = await project.run(steps('ab'), { cpus: 1 });

  assert.deepEqual(outcomes(run), ['steps.a: failed', 'steps.b: cancelled']);
  assert.deepEqual(told.lines, ['ready a', 'begin a', 'ready b', 'not begun b']);
});

test('a step that got ready is not begun when the run is cancelled', limit, async (t) => {
  const told = openTold();
  const stop = new AbortController();
  const work = async (): Promise<void> => {
    await told.until('ready b');
    stop.abort();
  };
  const project = await makeTestProject(t, { kinds: [readyKind(told, { a: work })] });

  const run = await project.run(steps('ab'), { cpus: 1, signal: stop.signal });

  assert.equal(outcomes(run)[1], 'steps.b: cancelled');
  assert.deepEqual(told.lines.slice(2), ['ready b', 'not begun b']);
});

test('what a step got ready is taken down when its key cannot be claimed', limit, async (t) => {
  const told = openTold();
  const refuseClaims = async (): Promise<void> => {
    await told.until('ready b');
    project.parts.state.prepare("CREATE TRIGGER no_claim BEFORE INSERT ON flight BEGIN SELECT RAISE (FAIL, 'no'); END").run();
  };
  const project = await makeTestProject(t, { kinds: [readyKind(told, { a: refuseClaims })] });

  const run = await project.run(steps('ab'), { cpus: 1 });

  assert.deepEqual(outcomes(run), ['steps.a: done', 'steps.b: failed']);
  assert.deepEqual(told.lines, ['ready a', 'begin a', 'ready b', 'not begun b']);
});

test('a step that waits for a core keeps nobody else from making its result, and takes it from there', limit, async (t) => {
  const told = openTold();
  const elsewhere = openTold();
  const project = await makeTestProject(t, {
    kinds: [
      readyKind(told, {
        a: async () => {
          await told.until('ready b');
          told.tell((await otherProject.run(steps('b'))).status);
        },
      }),
    ],
  });
  const otherProject = beside(t, project, readyKind(elsewhere, {}));

  const run = await project.run(steps('ab'), { cpus: 1 });

  assert.deepEqual(outcomes(run), ['steps.a: done', 'steps.b: hit']);
  assert.deepEqual(told.lines, ['ready a', 'begin a', 'ready b', 'succeeded', 'not begun b']);
  assert.deepEqual(elsewhere.lines, ['ready b', 'begin b']);
});

test('a step whose result another run is making gives its core to the next one meanwhile', limit, async (t) => {
  const told = openTold();
  const elsewhere = openTold();
  const others: Promise<unknown>[] = [];
  const project = await makeTestProject(t, {
    kinds: [
      readyKind(told, {
        a: async () => {
          await told.until('ready b');
          others.push(otherProject.run(steps('b')));
          await elsewhere.until('begin b');
        },
      }),
    ],
  });
  const otherProject = beside(t, project, readyKind(elsewhere, { b: () => told.until('begin c') }));

  const run = await project.run(steps('abc'), { cpus: 1 });
  await Promise.all(others);

  assert.deepEqual(outcomes(run), ['steps.a: done', 'steps.b: hit', 'steps.c: done']);
  assert.ok(!told.lines.includes('begin b'));
});
