import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultLog } from '../config/index.ts';
import { type Digest, digestOfHex, type Event, type ReleaseManifest } from '@tidegate/formats';
import type { EnvironmentConfig } from '../config/index.ts';
import { systemPlatform } from '../platform/index.ts';
import { findHome, folderObjectStore, openState } from '../store/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { deployRelease, type DeploymentOutcome, type ReleaseDeployment } from './deploy-release.ts';
import type { Target } from './target.ts';
import { type MemoryWorld, memoryWorld } from './targets/memory/memory-target.ts';

/** A project with staging and production in a world in memory; store and state are real. */
export interface DeployBench {
  readonly world: MemoryWorld;
  readonly deps: DeployDeps;
  readonly events: readonly Event[];
  /** A release that answers `answer`, or what its environment's variable `ANSWER` says; its model file is its own unless `model` is given. */
  readonly release: (answer: string, options?: { readonly model?: string; readonly service?: string }) => Promise<Digest>;
  readonly deploy: (release: Digest, to: string, more?: Partial<ReleaseDeployment>) => Promise<readonly DeploymentOutcome[]>;
  readonly answer: (environment: string) => Promise<string | null>;
  /** Moves the clock. */
  readonly pass: (milliseconds: number) => void;
}

const environment: EnvironmentConfig = { target: 'local', tests: ['*.yaml'], after: null, port: 0, variables: {} };

/** Answers of a release "bad…" fail the API tests. */
const apiTests = `
- name: the answer is good
  request: { method: GET, path: / }
  expect: { status: 200, body: { answer: { matches: "^(?!bad)" } } }
`;

export async function openBench(
  t: { after: (end: () => Promise<void>) => void },
  target?: (world: MemoryWorld) => Target,
): Promise<DeployBench> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-deploy-'));
  await writeFile(join(root, 'api.yaml'), apiTests);
  const home = findHome({ ...systemPlatform, variables: { TIDEGATE_HOME: join(root, 'home') } });
  const state = openState(home.state);
  t.after(async () => {
    state[Symbol.dispose]();
    await rm(root, { recursive: true, force: true });
  });
  const world = memoryWorld();
  const events: Event[] = [];
  let now = Date.parse('2026-11-23T20:00:00Z');
  const deps: DeployDeps = {
    project: 'shop',
    root,
    home,
    state,
    store: folderObjectStore(home.objects),
    online: async () => join(root, 'online.sqlite'),
    elsewhere: async () => [],
    trust: async () => ({ keys: [], required: false }),
    by: 'ann',
    services: ['prices'],
    log: () => defaultLog,
    environments: {
      staging: environment,
      production: {
        ...environment,
        after: 'staging',
        variables: { LIMIT: '2' },
      },
    },
    platform: {
      ...systemPlatform,
      clock: {
        ...systemPlatform.clock,
        now: () => now++,
      },
    },
    target: () => target?.(world) ?? world.target(),
    http: () => ({
      send: world.send,
      [Symbol.dispose]: () => {},
    }),
    python: {
      identity: () => assert.fail('no model needs Python'),
      ensure: () => assert.fail('no model needs Python'),
    },
  };
  return {
    world,
    deps,
    events,
    release: (answer, options) =>
      makeRelease(
        {
          world,
          deps,
        },
        {
          answer,
          ...options,
        },
      ),
    deploy: (release, to, more = {}) =>
      deployRelease(deps, {
        release,
        to,
        run: null,
        commit: 'c0ffee',
        reason: 'a test',
        again: false,
        signal: new AbortController().signal,
        emit: (event) => void events.push(event),
        ...more,
      }),
    answer: async (name) => {
      const { address, running } = await deps.target('local').status({
        project: 'shop',
        environment: name,
        service: 'prices',
      });
      if (!running) return null;
      const signal = new AbortController().signal;
      const { body } = await world.send({
        url: `${address}/`,
        method: 'GET',
        headers: {},
        body: null,
        timeoutMs: 100,
        signal,
      });
      return (
        JSON.parse(body) as {
          answer: string;
        }
      ).answer;
    },
    pass: (milliseconds) => void (now += milliseconds),
  };
}

async function makeRelease(
  { world, deps: { store } }: Pick<DeployBench, 'world' | 'deps'>,
  { answer, model = answer, service = 'prices' }: { readonly answer: string; readonly model?: string; readonly service?: string },
): Promise<Digest> {
  const file = await store.putBytes(model);
  const other = await store.putBytes(answer);
  const files = await store.putJson({
    format: 'tidegate.tree/1',
    entries: [
      { path: 'answer', ...other },
      { path: 'model/m.onnx', ...file },
    ],
  });
  const manifest: ReleaseManifest = {
    format: 'tidegate.release/1',
    project: 'shop',
    service,
    features: null,
    definitions: null,
    python: null,
    model: {
      name: 'price',
      version: digestOfHex('1'.repeat(64)),
      artifact: file.digest,
      flavor: 'onnx',
      file: 'm.onnx',
      signature: {
        task: 'regression',
        inputs: [],
        classes: [],
      },
    },
    runtime: {
      name: '@tidegate/serving',
      version: '0.1.0',
    },
    files: files.digest,
  };
  const { digest } = await store.putJson(manifest);
  world.script(digest, {
    answer: (_, { ANSWER = answer }) => ({ status: 200, headers: {}, body: JSON.stringify({ answer: ANSWER }) }),
  });
  return digest;
}
