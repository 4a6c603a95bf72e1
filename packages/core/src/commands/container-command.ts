import type { StepNode } from '../pipeline/index.ts';
import { identityOf } from '../platform/index.ts';
import { type ContainerEngine, ownerLabel } from './container-engine.ts';

/** Where the workspace is in the container. */
const workspacePath = '/workspace';

/** Processes that a step's container may have at once. */
const mostProcesses = 4096;

export interface ContainerPlan {
  readonly engine: ContainerEngine;
  readonly name: string;
  /** With its digest. */
  readonly image: string;
  readonly argv: readonly string[];
  /** The workspace on this machine. */
  readonly folder: string;
  /** A file with `NAME=value` lines; values stay out of what other users see of a process. */
  readonly variablesFile: string;
  /** Names of variables that the engine takes from its own, for a file cannot have their line ends. */
  readonly passed: readonly string[];
  readonly node: Pick<StepNode, 'cpus' | 'resources' | 'isolation'>;
}

/**
 * The command line that runs a step's command in its image, instead of whatever the image would start: no network unless asked for, no
 * capability, nothing to write to but the workspace and `/tmp`, and files that belong to the user.
 */
export function containerCommand(plan: ContainerPlan): readonly string[] {
  const { engine, name, image, argv, folder, variablesFile, passed, node } = plan;
  const [program = '', ...rest] = argv;
  const limits = [
    ['--network', node.isolation?.network === true ? 'bridge' : 'none'],
    ['--cap-drop', 'all'],
    ['--security-opt', 'no-new-privileges'],
    ['--security-opt', 'label=disable'],
    ['--read-only'],
    ['--tmpfs', '/tmp:rw,mode=1777'],
    ['--pids-limit', String(node.isolation?.limits.processes ?? mostProcesses)],
    ['--cpus', String(node.cpus)],
    node.resources?.memoryBytes === undefined ? [] : ['--memory', String(node.resources.memoryBytes)],
  ];
  const place = [
    ['--volume', `${folder}:${workspacePath}`],
    ['--workdir', workspacePath],
    ['--env-file', variablesFile],
    ...passed.map((variable) => ['--env', variable]),
  ];
  const called = ['--rm', '--name', name, '--label', `${ownerLabel}=${owner()}`];
  const command = ['--entrypoint', program, image, ...rest];
  return [engine.program, 'run', ...called, ...limits.flat(), ...userOf(engine), ...place.flat(), ...command];
}

/** This process, as {@link removeStrayContainers} looks for it. */
function owner(): string {
  const identity = identityOf(process.pid);
  return identity === null ? String(process.pid) : `${identity.pid}/${identity.startedAt}/${identity.boot}`;
}

/** Rootless podman maps the user onto root of the container unless it is told to keep the id. */
function userOf({ isPodman }: ContainerEngine): readonly string[] {
  const [user, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return [...(isPodman && user !== 0 ? ['--userns', 'keep-id'] : []), '--user', `${user}:${group}`];
}
