import { failure, hexOf, type SupervisorDeploy, type SupervisorReply, type SupervisorState } from '@tidegate/formats';
import { digestOfBytes, isRunning, type Platform } from '../../../platform/index.ts';
import { type DeployedRelease, type DeployRequest, digestOfSettings, type Target, type TargetStatus } from '../../target.ts';
import { askSupervisor } from './ask-supervisor.ts';
import { placeFolder, predictionLogFolder } from '../../release-folder.ts';
import { serverVariables } from '../../server-variables.ts';
import { endUnreachable, findSupervisor, readSupervisorState, startSupervisor, waitForEnd } from './supervisor-process.ts';

export interface LocalTargetOptions {
  /** `Home.deployments`. */
  readonly deployments: string;
  /** Command line of the serving process, without its arguments. */
  readonly serving: { readonly argv: readonly string[] };
  readonly platform: Platform;
  /** How long a release may take to load. Default 60 s. */
  readonly readyWithinMs?: number;
}

const notRunning: TargetStatus = { running: false, release: null, settings: null, address: null, pid: null, startedAt: null, restarts: 0 };

/**
 * Runs releases on this machine, on loopback only: one supervisor process a place holds the address and keeps a model server
 * behind it. It goes on when Tidegate and its terminal end. Specification: docs/reference/formats/supervisor.md.
 */
export function localTarget(options: LocalTargetOptions): Target {
  return {
    kind: 'local',
    deploy: (request) => deploy(request, options),
    status: async (place) => {
      const state = await readSupervisorState(placeFolder(options.deployments, place));
      return state === null ? notRunning : statusOf(state);
    },
    stop: async (place) => {
      const folder = placeFolder(options.deployments, place);
      const state = await findSupervisor(folder);
      const answer = state === null ? null : await askSupervisor(state, { type: 'stop' });
      if (answer === null || state === null) await endUnreachable(folder);
      else await waitForEnd(state);
    },
  };
}

function statusOf({ supervisor, port, live }: SupervisorState): TargetStatus {
  const address = port === undefined ? null : addressOf(port);
  if (live === undefined || !isRunning(supervisor)) return { ...notRunning, address };
  const serves = live.server !== undefined && isRunning(live.server);
  return {
    running: serves,
    release: live.release,
    settings: live.settings,
    address,
    pid: serves ? (live.server?.pid ?? null) : null,
    startedAt: live.startedAt ?? null,
    restarts: live.restarts,
  };
}

function addressOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

async function deploy(request: DeployRequest, options: LocalTargetOptions): Promise<DeployedRelease> {
  const folder = placeFolder(options.deployments, request.place);
  const wanted = supervisorRequest(request, folder, options);
  const onProgress = (doing: string): void =>
    request.emit({ kind: 'deploy-progress', environment: request.place.environment, release: request.release, doing });
  for (let attempt = 0; attempt < 3; attempt++) {
    request.signal.throwIfAborted();
    const start = { argv: options.serving.argv, variables: serverVariables(options.platform, {}) };
    const state = (await findSupervisor(folder)) ?? (await endUnreachable(folder)) ?? (await startSupervisor(folder, start));
    const reply = await askSupervisor(state, wanted, { onProgress, signal: request.signal });
    if (reply !== null) return readReply(reply, request);
  }
  throw failure(
    'TG-DEPLOY-SUPERVISOR',
    `Cannot deploy to "${request.place.environment}": its supervisor ended before it answered, three times`,
    `Look at what it wrote: cat "${folder}/supervisor.out"`,
  );
}

function supervisorRequest(request: DeployRequest, folder: string, options: LocalTargetOptions): SupervisorDeploy {
  const { online, python, variables, log, trusted } = request.settings;
  const optional = (name: string, value: string | null): readonly string[] => (value === null ? [] : [name, value]);
  return {
    type: 'deploy',
    release: request.release,
    settings: digestOfSettings(request.settings),
    argv: [
      ...options.serving.argv,
      'serve',
      '--release',
      request.folder,
      '--listen',
      'ipc',
      ...optional('--online', online),
      ...optional('--python', python),
      ...optional('--trusted-keys', trusted),
      '--log',
      predictionLogFolder(options.deployments, request.place),
      '--log-sample',
      String(log.samplePercent),
      '--log-keep',
      String(log.keepBytes),
      ...optional('--log-personal', log.personal.length === 0 ? null : JSON.stringify(log.personal)),
    ],
    variables: serverVariables(options.platform, variables),
    port: request.port,
    firstPort: firstPortOf(folder),
    readyWithinMs: options.readyWithinMs ?? 60_000,
    probe: '/v2/health/ready',
  };
}

/** Below the range from which systems take ports for outgoing connections (Linux: from 32768), so that a kept address stays free. */
function firstPortOf(folder: string): number {
  return 20_000 + (Number.parseInt(hexOf(digestOfBytes(folder)).slice(0, 8), 16) % 10_000);
}

function readReply(reply: Exclude<SupervisorReply, { type: 'progress' }>, { place, release, signal }: DeployRequest): DeployedRelease {
  if (reply.type === 'deployed') return { address: addressOf(reply.port), switchMs: reply.switchMs };
  if (reply.type === 'stopped') throw new Error('The supervisor answered a deployment with "stopped"; please report this');
  signal.throwIfAborted();
  if (reply.why === 'port')
    throw failure(
      'TG-DEPLOY-PORT-TAKEN',
      `Cannot deploy to "${place.environment}": ${reply.message}`,
      `End the program that has the port, or set another under "environments.${place.environment}.port" in tidegate.yaml`,
    );
  if (reply.why === 'request')
    throw failure(
      'TG-DEPLOY-SUPERVISOR',
      `Cannot deploy to "${place.environment}": its supervisor, started by another version of Tidegate, does not understand the request: ${reply.message}`,
      `Stop it once, then deploy again: tidegate stop ${place.environment}`,
    );
  const output = reply.output.length === 0 ? 'It wrote nothing.' : `It wrote:\n${reply.output.map((line) => `  ${line}`).join('\n')}`;
  throw failure(
    'TG-DEPLOY-NOT-READY',
    `Cannot deploy ${release} to "${place.environment}": the release ${reply.message}\n${output}`,
    'Start it by hand to look closer: tidegate serve --release FOLDER',
  );
}
