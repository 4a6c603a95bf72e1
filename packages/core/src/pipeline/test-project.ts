import { createHmac } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { type Digest, type Event, hexOf, type RunRecord, type StepName, stepName, type Zone } from '@tidegate/formats';
import { type Platform, systemPlatform } from '../platform/index.ts';
import { backedObjectStore, findHome, folderObjectStore, openState, type Remote } from '../store/index.ts';
import { createEngine, type PipelineEngine } from './engine.ts';
import type { EngineParts } from './engine-parts.ts';
import type { RunOptions } from './run/execute.ts';
import type { PlanOptions, PlannedStep } from './tell/plan.ts';
import type { Secrets } from './secrets/secrets.ts';
import type { StepInput, StepKind, StepNode } from './step-kind.ts';

/** A project and a home of their own in a temporary folder, with the engine over them. */
export interface TestProject {
  readonly root: string;
  readonly parts: EngineParts;
  readonly engine: PipelineEngine;
  /** Everything that was emitted since the last run or plan began. */
  readonly events: Event[];
  readonly write: (path: string, content: string) => void;
  readonly remove: (path: string) => void;
  readonly run: (steps: readonly StepNode[], options?: Partial<RunOptions>) => Promise<RunRecord>;
  readonly plan: (steps: readonly StepNode[], options?: Partial<PlanOptions>) => Promise<readonly PlannedStep[]>;
}

export interface TestProjectOptions {
  readonly kinds: readonly StepKind[];
  readonly platform?: Platform;
  readonly name?: string;
  /** Where results are shared; default nowhere. */
  readonly remote?: Remote;
  /** Default: that of the remote, else `main`. */
  readonly zone?: Zone;
  /** Secrets by name; default none. */
  readonly secrets?: { readonly [name: string]: string };
  /** A folder with a project and a home that are there already. */
  readonly folder?: string;
  readonly pools?: EngineParts['pools'];
}

export async function makeTestProject(t: TestContext, options: TestProjectOptions): Promise<TestProject> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'tidegate-pipeline-')));
  const project = openTestProject(folder, options);
  t.after(async () => {
    project.parts.state[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  });
  return project;
}

/** As {@link makeTestProject}, for a program that has no test around it. */
export function openTestProject(
  folder: string,
  { kinds, platform = systemPlatform, name = 'demo', remote, zone = remote?.zone ?? 'main', pools = {}, secrets = {} }: TestProjectOptions,
): TestProject {
  const root = join(folder, 'project');
  mkdirSync(root, { recursive: true });
  const home = findHome({ ...platform, variables: { TIDEGATE_HOME: join(folder, 'tidegate-home') } });
  const local = folderObjectStore(home.objects);
  const parts: EngineParts = {
    store: remote === undefined ? local : backedObjectStore(local, remote, join(home.objects, 'incoming')),
    remote: remote ?? null,
    zone,
    state: openState(home.state),
    home,
    platform,
    kinds,
    pools,
    secrets: secretsIn(secrets),
    placeOfInput: () => null,
    project: { name, root },
  };
  const engine = createEngine(parts);
  const events: Event[] = [];
  const always = { signal: new AbortController().signal, emit: (event: Event) => void events.push(event) };
  return {
    root,
    parts,
    engine,
    events,
    write: (path, content) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    },
    remove: (path) => rmSync(join(root, path), { recursive: true }),
    run: (steps, more) => {
      events.length = 0;
      return engine.run(steps, { goal: 'gate', commit: null, dirty: true, branch: null, subject: null, cpus: 2, ...always, ...more });
    },
    plan: (steps, more) => {
      events.length = 0;
      return engine.plan(steps, { ...always, ...more });
    },
  };
}

/** Takes an object out of the store, as somebody would who deletes files below the home. */
export function loseObject({ parts }: TestProject, digest: Digest): void {
  using store = folderObjectStore(parts.home.objects);
  store.remove(digest);
}

/** Gives an object other bytes wherever it lies, as a failing disk would. */
export function damageObject({ parts }: TestProject, digest: Digest, content: string): void {
  const hex = hexOf(digest);
  const file = join(parts.home.objects, hex.slice(0, 2), hex.slice(2));
  if (existsSync(file)) {
    chmodSync(file, 0o644);
    writeFileSync(file, content);
  }
  const database = new DatabaseSync(join(parts.home.objects, 'small.sqlite'));
  database.prepare('UPDATE object SET bytes = ? WHERE digest = ?').run(Buffer.from(content), Buffer.from(hex, 'hex'));
  database.close();
}

/** Secrets from a mapping, hashed with a key that is the same in every test. */
function secretsIn(values: { readonly [name: string]: string }): Secrets {
  return {
    value: async (name) => values[name] ?? null,
    hash: async (variable, value) => `hmac-sha256:${createHmac('sha256', 'a key for tests').update(`${variable}\0${value}`).digest('hex')}`,
  };
}

/** What became of every step, `steps.a: done`, in the order of the graph. */
export function outcomes(run: RunRecord): readonly string[] {
  return run.steps.map((record) => `${record.step}: ${record.status}`);
}

export interface TestStep {
  /** Project files and, with a slash behind a step's name, artifacts: `a.txt`, `steps.b/out`. */
  readonly in?: readonly string[];
  readonly settings?: StepNode['settings'];
  readonly variables?: StepNode['variables'];
  readonly outputs?: StepNode['outputs'];
  readonly kind?: string;
  readonly cpus?: number;
  /** Anything else of the node. */
  readonly more?: Partial<StepNode>;
}

/** A step of the kind `join` that writes `build/NAME.txt`, unless told otherwise. Artifacts of steps are placed at `in/STEP`. */
export function step(name: string, options: TestStep = {}): StepNode {
  const { in: inputs = [], settings = {}, variables = {}, kind = 'join', cpus = 1 } = options;
  return {
    name: stepName(`steps.${name}`),
    kind,
    inputs: inputs.map(inputNamed),
    outputs: options.outputs ?? [{ name: 'out', path: `made/${name}.txt`, publish: true }],
    settings,
    variables,
    cpus,
    ...options.more,
  };
}

function inputNamed(text: string): StepInput {
  const match = /^([a-z]+\.[A-Za-z0-9_-]+)\/([a-z]+)$/.exec(text);
  if (match === null || match[1] === undefined) return { from: 'project', pattern: text, required: true };
  const source: StepName = stepName(match[1]);
  return { from: 'step', step: source, output: match[2] ?? '', place: `in/${source}` };
}
