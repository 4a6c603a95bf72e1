import { failure } from '@tidegate/formats';
import { capture, identityOf, isRunning, type Platform, runCommand } from '../platform/index.ts';
import type { Building } from './build-once.ts';
import { findProgram } from './find-program.ts';

/** The label of every container that a step runs in: which process waits for it. */
export const ownerLabel = 'tidegate.owner';

/** What runs containers on this machine: podman or docker, whose command lines are alike. */
export interface ContainerEngine {
  /** Absolute path. */
  readonly program: string;
  readonly isPodman: boolean;
}

/**
 * The program that `TIDEGATE_CONTAINER_ENGINE` names, else the first of podman and docker on PATH.
 *
 * @throws TG-COMMANDS-NO-CONTAINER-ENGINE
 */
export async function findContainerEngine(platform: Platform): Promise<ContainerEngine> {
  const chosen = platform.variables['TIDEGATE_CONTAINER_ENGINE'] || null;
  for (const name of chosen === null ? ['podman', 'docker'] : [chosen]) {
    const program = await findProgram(name, platform);
    if (program !== null) return { program, isPodman: name.endsWith('podman') };
  }
  throw failure(
    'TG-COMMANDS-NO-CONTAINER-ENGINE',
    `Cannot run a step in its image: ${chosen === null ? 'neither podman nor docker is on PATH' : `there is no program "${chosen}"`}`,
    'Install podman, or name what runs containers here: TIDEGATE_CONTAINER_ENGINE=/usr/bin/podman',
  );
}

/** Pulls the image unless it is there. @throws TG-COMMANDS-IMAGE with the engine's last lines */
export async function ensureImage(
  engine: ContainerEngine,
  image: string,
  options: Building & { readonly platform: Platform },
): Promise<void> {
  const variables = engineVariables(options.platform);
  const asked = await capture([engine.program, 'image', 'inspect', '--format', '{{.Id}}', image], { cwd: '/', variables });
  if (asked.code === 0) return;
  let said = '';
  options.progress(`pulling ${image}`);
  const { code } = await runCommand([engine.program, 'pull', '--quiet', image], {
    cwd: '/',
    variables,
    signal: options.signal,
    timeoutMs: null,
    ...(options.ownProcess && { onStart: options.ownProcess }),
    onText: (_, text) => (said = (said + text).slice(-4096)),
  });
  options.signal.throwIfAborted();
  if (code === 0) return;
  throw failure(
    'TG-COMMANDS-IMAGE',
    `Cannot get the image "${image}":\n${said.trimEnd().split('\n').slice(-6).join('\n')}`,
    `Correct the name, log in to its registry, or bring it here: ${engine.isPodman ? 'podman' : 'docker'} pull ${image}`,
  );
}

/** Ends and removes a container; one that is gone is no error. */
export async function removeContainer({ program, isPodman }: ContainerEngine, name: string, platform: Platform): Promise<void> {
  const atOnce = isPodman ? ['--time', '0'] : []; // docker does not wait by itself
  await capture([program, 'rm', '--force', ...atOnce, name], { cwd: '/', variables: engineVariables(platform) });
}

/** Removes the containers of steps whose Tidegate process was killed. */
export async function removeStrayContainers(engine: ContainerEngine, platform: Platform): Promise<void> {
  const format = `{{.Names}} {{index .Labels "${ownerLabel}"}}`;
  const argv = [
    engine.program,
    'ps',
    '--all',
    '--filter',
    `label=${ownerLabel}`,
    '--format',
    engine.isPodman ? format : `{{.Names}} {{.Label "${ownerLabel}"}}`,
  ];
  const { stdout } = await capture(argv, { cwd: '/', variables: engineVariables(platform) });
  for (const line of stdout.split('\n')) {
    const [name = '', pid = '', startedAt = '', boot = ''] = line.trim().split(/[ /]/);
    const isOurs = boot !== '' && boot === identityOf(process.pid)?.boot; // of another machine's containers nothing is known
    if (isOurs && !isRunning({ pid: Number(pid), startedAt, boot })) await removeContainer(engine, name, platform);
  }
}

/** The engine is the user's own program: it finds its storage and its registries by the user's variables. */
export function engineVariables({ variables }: Platform): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
