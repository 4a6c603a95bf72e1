import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type Artifact, canonicalJson, type ErrorCode, type Json, type RunRecord, stepName, type StepRecord } from '@tidegate/formats';
import { digestOfBytes, identityOf, isRunning, type ProcessIdentity } from '../platform/index.ts';
import type { ObjectStore } from '../store/index.ts';
import type { EngineParts } from './engine-parts.ts';
import type { PlannedStep } from './tell/plan.ts';
import type { StepContext, StepKind, StepNode } from './step-kind.ts';
import { openTestProject, type TestProject } from './test-project.ts';

/** A step and all that it reads. */
export interface StepKindSituation {
  readonly node: StepNode;
  /** Files of the project by path. */
  readonly files?: { readonly [path: string]: string | Uint8Array };
  /** Puts into the store what other steps would have made: artifacts by the name of the input, `step/output`. */
  readonly artifacts?: (store: ObjectStore, folder: string) => Promise<{ readonly [input: string]: Artifact }>;
}

/** What the suite needs of a kind; each test asks anew. */
export interface StepKindHarness {
  /** The kind over the engine's own store and state. */
  readonly kind: (parts: EngineParts) => StepKind;
  /** What the project is called. Default: `demo`. */
  readonly project?: string;
  /** A step that comes to a result. */
  readonly works: StepKindSituation;
  /** The same step with another content of something that it reads. */
  readonly changed: StepKindSituation;
  /** A step that reads something it can do nothing with, and what is said of it. */
  readonly broken: StepKindSituation & { readonly code: ErrorCode };
  /** A step that would not end before everybody has gone home; null for a kind with nothing in it that takes long. */
  readonly endless: StepKindSituation | null;
  /** Outputs that tell how long something took, and so never come out with the same bytes. Default: none. */
  readonly timed?: readonly string[];
}

/** Where temporary files lie when no test has taken them elsewhere. */
const systemTemporary = process.env['TMPDIR'];

/** A limit that only a step which hangs reaches. */
const hangMs = 120_000;

/** The suite that every kind of step passes, run by the real engine. */
export function stepKindConformance(name: string, open: () => StepKindHarness | Promise<StepKindHarness>): void {
  const check = (what: string, body: (stage: Stage, t: TestContext) => Promise<void>): void =>
    void test(`${name}: ${what}`, { timeout: hangMs }, async (t) => body(openStage(t, await open()), t));
  let known: Worked | null = null;
  /** One run, of which several tests look at what it came to: some kinds take seconds. */
  const checkWorked = (what: string, body: (worked: Worked, t: TestContext) => Promise<void> | void): void =>
    void test(`${name}: ${what}`, { timeout: hangMs }, async (t) => body((known ??= await work(openStage(t, await open()))), t));

  checkWorked('the same inputs give the same key and the same result, wherever the project lies', async ({ record: one }, t) => {
    const elsewhere = openStage(t, await open());
    const { works, timed = [] } = elsewhere.harness;

    const other = await elsewhere.run(works);

    assert.deepEqual([one.status, other.status, one.failure], ['done', 'done', null]);
    assert.equal(one.key, other.key);
    const digests = ({ outputs }: StepRecord): readonly string[] =>
      Object.entries(outputs).flatMap(([output, { digest }]) => (timed.includes(output) ? [] : [`${output} ${digest}`]));
    assert.deepEqual(digests(one), digests(other));
    assert.deepEqual(verdictsOf(one), verdictsOf(other));
  });

  checkWorked('the key record is plain data and names no folder of this machine', ({ record, keyRecord, folder }) => {
    const text = canonicalJson(keyRecord);

    assert.equal(digestOfBytes(text), record.key);
    assert.deepEqual(JSON.parse(text), keyRecord);
    assert.equal(text.includes(folder), false, text);
  });

  checkWorked('it makes every output that is declared, and leaves nothing but them', ({ node, record, before, after, left }) => {
    assert.deepEqual(Object.keys(record.outputs).toSorted(), node.outputs.map((output) => output.name).toSorted());
    assert.deepEqual(after, before);
    assert.deepEqual(left, nothingLeft);
  });

  check('another content of an input gives another key', async (stage) => {
    const { works, changed } = stage.harness;

    const [before, after] = [await stage.plan(works), await stage.plan(changed)];

    assert.notEqual(before.key, null);
    assert.notEqual(before.key, after.key);
  });

  check('an input that it can do nothing with is a failure with its code', async (stage) => {
    const { broken } = stage.harness;

    const record = await stage.run(broken);

    assert.deepEqual([record.status, record.failure?.code], ['failed', broken.code], record.failure?.message);
    assert.deepEqual(record.outputs, {});
    assert.deepEqual({ ...stage.left(), workspaces: [] }, nothingLeft); // the workspace of a failed step stays
  });

  check('a signal ends it, nothing is left, and it can be done again', async (stage) => {
    const { works, endless } = stage.harness;
    const situation = endless ?? works;
    const stop = new AbortController();

    const running = stage.run(situation, stop.signal);
    await stage.begun();
    // in the midst of the work by then; wherever it is, the signal must end it
    if (endless !== null) await wait(500);
    stop.abort();
    const { status } = await running;

    assert.ok(status === 'cancelled' || (endless === null && status === 'done'), status);
    assert.deepEqual(stage.left(), nothingLeft);
    if (status === 'cancelled') assert.equal((await stage.plan(situation)).action, 'run');
    assert.match((await stage.run(works)).status, /done|hit/);
  });
}

/** What a run of the step that works came to. */
interface Worked {
  readonly node: StepNode;
  readonly record: StepRecord;
  readonly keyRecord: Json;
  readonly folder: string;
  /** The files of the project, and those once it has run. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly left: LeftBehind;
}

async function work(stage: Stage): Promise<Worked> {
  const { works } = stage.harness;
  await stage.prepare(works);
  const before = stage.inputs();
  const record = await stage.run(works);
  const keyRecord = await stage.project.parts.store.readJson(record.key ?? assert.fail('no key'));
  return { node: works.node, record, keyRecord, folder: stage.folder, before, after: stage.inputs(), left: stage.left() };
}

function verdictsOf({ evidence }: StepRecord): readonly string[] {
  return evidence.map((one) => `${one.kind} ${one.name} ${one.verdict} ${one.blocking}`);
}

/** A project in which the kind runs, with a folder for temporary files that nobody else uses. */
interface Stage {
  readonly harness: StepKindHarness;
  readonly folder: string;
  readonly project: TestProject;
  /** Writes the files and gives the steps: those before it, and itself last. */
  readonly prepare: (situation: StepKindSituation) => Promise<readonly StepNode[]>;
  readonly run: (situation: StepKindSituation, signal?: AbortSignal) => Promise<StepRecord>;
  /** What a run would do once the steps before it are done. */
  readonly plan: (situation: StepKindSituation) => Promise<PlannedStep>;
  /** Resolves when the kind runs for the first time. */
  readonly begun: () => Promise<void>;
  /** Every file of the project. */
  readonly inputs: () => readonly string[];
  readonly left: () => LeftBehind;
}

interface LeftBehind {
  /** Processes that still run. */
  readonly processes: readonly ProcessIdentity[];
  readonly temporaryFiles: readonly string[];
  readonly workspaces: readonly string[];
}

const nothingLeft: LeftBehind = { processes: [], temporaryFiles: [], workspaces: [] };

function openStage(t: TestContext, harness: StepKindHarness): Stage {
  const folder = mkdtempSync(join(systemTemporary ?? '/tmp', 'tidegate-kind-'));
  const temporary = ownTemporaryFolder(t, folder);
  const kinds: StepKind[] = [];
  const project = openTestProject(folder, { kinds, ...(harness.project !== undefined && { name: harness.project }) });
  t.after(() => {
    project.parts.state[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const watched = watch(harness.kind(project.parts));
  const given = givenKind();
  kinds.push(watched.kind, given.kind);
  const inputs = (): readonly string[] => readdirSync(project.root, { recursive: true }).map(String).toSorted();
  const prepare: Stage['prepare'] = async ({ node, files = {}, artifacts }) => {
    rmSync(project.root, { recursive: true, force: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(project.root, path)), { recursive: true });
      writeFileSync(join(project.root, path), content);
    }
    mkdirSync(project.root, { recursive: true });
    return [...given.steps((await artifacts?.(project.parts.store, folder)) ?? {}), node];
  };
  const run: Stage['run'] = async (situation, signal = new AbortController().signal) =>
    lastOf(await project.run(await prepare(situation), { signal, publish: false }));
  const plan: Stage['plan'] = async (situation) => {
    const steps = await prepare(situation);
    const before = steps.filter((step) => step !== situation.node);
    if (before.length > 0) await project.run(before);
    return (await project.plan(steps)).find(({ step }) => step === situation.node.name) ?? assert.fail('it is not planned');
  };
  const left = (): LeftBehind => {
    const { workspaces } = project.parts.home;
    return {
      processes: watched.processes().filter(isRunning),
      temporaryFiles: readdirSync(temporary, { recursive: true }).map(String),
      workspaces: existsSync(workspaces) ? readdirSync(workspaces, { recursive: true }).map(String) : [],
    };
  };
  return { harness, folder, project, prepare, run, plan, begun: watched.begun, inputs, left };
}

/** Until the end of the test temporary files of this process go there. */
function ownTemporaryFolder(t: TestContext, folder: string): string {
  const own = join(folder, 'temporary');
  mkdirSync(own);
  process.env['TMPDIR'] = own;
  t.after(() => {
    if (systemTemporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = systemTemporary;
  });
  return own;
}

function lastOf({ steps }: RunRecord): StepRecord {
  return steps.at(-1) ?? assert.fail('nothing ran');
}

/** Steps that have made what a situation says. */
function givenKind(): {
  readonly kind: StepKind;
  readonly steps: (artifacts: { readonly [input: string]: Artifact }) => readonly StepNode[];
} {
  const made = new Map<string, { [output: string]: Artifact }>();
  const settingsOf = (outputs: { readonly [output: string]: Artifact }): { readonly [name: string]: Json } =>
    Object.fromEntries(Object.entries(outputs).map(([output, { digest }]) => [output, digest]));
  return {
    kind: { kind: 'given', version: 1, run: async ({ node }) => ({ outputs: made.get(node.name) ?? {}, evidence: [], facts: {} }) },
    steps: (artifacts) => {
      made.clear();
      for (const [input, artifact] of Object.entries(artifacts)) {
        const [step = '', output = ''] = input.split('/');
        made.set(step, { ...made.get(step), [output]: artifact });
      }
      return [...made].map(([step, outputs]) => ({
        name: stepName(step),
        kind: 'given',
        inputs: [],
        outputs: Object.keys(outputs).map((name) => ({ name, path: null, publish: false })),
        settings: settingsOf(outputs),
        variables: {},
        cpus: 1,
      }));
    },
  };
}

interface Watched {
  readonly kind: StepKind;
  readonly begun: () => Promise<void>;
  /** Every process that it has said to own. */
  readonly processes: () => readonly ProcessIdentity[];
}

/** The kind, and when it runs with what processes. */
function watch(kind: StepKind): Watched {
  const processes: ProcessIdentity[] = [];
  const begun = Promise.withResolvers<void>();
  const ownProcess = (context: StepContext, pid: number): void => {
    const identity = identityOf(pid);
    if (identity !== null) processes.push(identity);
    context.ownProcess(pid);
  };
  const run: StepKind['run'] = (context) => {
    begun.resolve();
    return kind.run({ ...context, ownProcess: (pid) => ownProcess(context, pid) });
  };
  return { kind: { ...kind, run }, begun: () => begun.promise, processes: () => processes };
}
