import { setTimeout as wait } from 'node:timers/promises';
import { type Digest, failure } from '@tidegate/formats';
import type { HttpAnswer, HttpRequest } from '../../../platform/index.ts';
import { type DeploymentPlace, type DeployRequest, digestOfSettings, type Target, type TargetStatus } from '../../target.ts';

/** How a release behaves in a {@link MemoryWorld}. */
export interface ScriptedRelease {
  /** What it answers with the variables of its environment. Default: 200 and an empty JSON object. */
  readonly answer?: (request: HttpRequest, variables: DeployRequest['settings']['variables']) => HttpAnswer;
  /** It never becomes ready, and wrote this. */
  readonly broken?: string;
}

/** A machine that exists in memory only, for tests of what uses a target: scripted, and quick. */
export interface MemoryWorld {
  /** A target over this world; several see the same. */
  readonly target: () => Target;
  /** Says how a release behaves. */
  readonly script: (release: Digest, behaviour: ScriptedRelease) => void;
  /** Sends a request to what is live at the address. @throws Error when nothing is */
  readonly send: (request: HttpRequest) => Promise<HttpAnswer>;
  /** Ends what runs in a place as `kill -9` does; `server` is started again, `supervisor` is not. */
  readonly kill: (place: DeploymentPlace, what: 'server' | 'supervisor') => void;
  /** Every deployment that came through, in order. */
  readonly deployments: readonly DeployRequest[];
}

interface Slot {
  port: number;
  request: DeployRequest | null;
  startedAt: string;
  pid: number;
  restarts: number;
}

export function memoryWorld(): MemoryWorld {
  const slots = new Map<string, Slot>();
  const scripts = new Map<Digest, ScriptedRelease>();
  const deployments: DeployRequest[] = [];
  let pids = 1000;

  const slotOf = (place: DeploymentPlace): Slot | undefined => slots.get(keyOf(place));
  const deploy: Target['deploy'] = async (request) => {
    request.signal.throwIfAborted();
    const slot = slotOf(request.place) ?? { port: 40_000 + slots.size, request: null, startedAt: '', pid: 0, restarts: 0 };
    slots.set(keyOf(request.place), slot);
    if (isSame(slot.request, request)) return { address: addressOf(slot), switchMs: 0 };
    request.emit({
      kind: 'deploy-progress',
      environment: request.place.environment,
      release: request.release,
      doing: 'Starting the release',
    });
    await wait(20, undefined, { signal: request.signal });
    const { broken } = scripts.get(request.release) ?? {};
    if (broken !== undefined) throw notReady(request, broken);
    if (request.port !== 0) slot.port = request.port;
    Object.assign(slot, { request, pid: ++pids, startedAt: new Date().toISOString(), restarts: 0 });
    deployments.push(request);
    return { address: addressOf(slot), switchMs: 1 };
  };
  const target: Target = {
    kind: 'memory',
    deploy,
    status: async (place) => statusOf(slotOf(place)),
    stop: async (place) => {
      const slot = slotOf(place);
      if (slot !== undefined) slot.request = null;
    },
  };
  return {
    target: () => target,
    script: (release, behaviour) => void scripts.set(release, behaviour),
    send: async (request) => {
      const slot = [...slots.values()].find((one) => request.url.startsWith(`${addressOf(one)}/`) && one.request !== null);
      if (slot?.request == null) throw new Error(`connect ECONNREFUSED ${request.url}`);
      return (
        scripts.get(slot.request.release)?.answer?.(request, slot.request.settings.variables) ?? { status: 200, headers: {}, body: '{}' }
      );
    },
    kill: (place, what) => {
      const slot = slotOf(place);
      if (slot === undefined) return;
      if (what === 'supervisor') slot.request = null;
      else Object.assign(slot, { pid: ++pids, restarts: slot.restarts + 1 });
    },
    deployments,
  };
}

function keyOf({ project, environment, service }: DeploymentPlace): string {
  return [project, environment, service].join('/');
}

function addressOf({ port }: Slot): string {
  return `http://127.0.0.1:${port}`;
}

function isSame(live: DeployRequest | null, wanted: DeployRequest): boolean {
  return live?.release === wanted.release && digestOfSettings(live.settings) === digestOfSettings(wanted.settings);
}

function notReady({ release, place }: DeployRequest, output: string): Error {
  return failure(
    'TG-DEPLOY-NOT-READY',
    `Cannot deploy ${release} to "${place.environment}": the release ended with 1\nIt wrote:\n  ${output}`,
    null,
  );
}

function statusOf(slot: Slot | undefined): TargetStatus {
  if (slot?.request == null)
    return {
      running: false,
      release: null,
      settings: null,
      address: slot === undefined ? null : addressOf(slot),
      pid: null,
      startedAt: null,
      restarts: 0,
    };
  const { request, pid, startedAt, restarts } = slot;
  return {
    running: true,
    release: request.release,
    settings: digestOfSettings(request.settings),
    address: addressOf(slot),
    pid,
    startedAt,
    restarts,
  };
}
