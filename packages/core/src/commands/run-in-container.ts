import { join } from 'node:path';
import type { StepContext } from '../pipeline/index.ts';
import { type CommandResult, mkdir, rm, runCommand, writeFile } from '../platform/index.ts';
import { containerCommand } from './container-command.ts';
import { engineVariables, ensureImage, findContainerEngine, removeContainer, removeStrayContainers } from './container-engine.ts';
import { stepVariables } from './variables.ts';

export interface ContainerOptions {
  readonly argv: readonly string[];
  /** With its digest. */
  readonly image: string;
  /** Variables that the step declares, secrets with their values among them. */
  readonly declared: { readonly [name: string]: string };
  readonly timeoutMs: number | null;
  readonly onText: (stream: 'stdout' | 'stderr', text: string) => void;
}

/**
 * Runs a step's command in a container of its image, with the workspace at `/workspace`. Whatever comes, no container is left; one of a
 * process that was killed is removed when the next one runs a step in a container.
 *
 * @throws TG-COMMANDS-NO-CONTAINER-ENGINE, TG-COMMANDS-IMAGE
 */
export async function runInContainer(context: StepContext, options: ContainerOptions): Promise<CommandResult> {
  const { platform, signal, ownProcess, node } = context;
  const { image, argv, declared, timeoutMs, onText } = options;
  const engine = await findContainerEngine(platform);
  await (strays ??= removeStrayContainers(engine, platform));
  await ensureImage(engine, image, { platform, signal, ownProcess, progress: (doing) => context.progress(doing, null) });
  const folder = await context.workspace();
  const scratch = `${folder}.scratch`;
  const name = `tidegate-${context.run}-${platform.random.hex(8)}`;
  const variablesFile = join(scratch, 'variables');
  await mkdir(scratch, { recursive: true });
  context.progress('running', null);
  try {
    const { PATH: _, ...variables } = stepVariables({ declared, python: null, cpus: node.cpus, scratch: '/tmp' });
    const given = Object.entries({ ...variables, ...declared }); // PATH is the image's own unless the step declares one
    const passed = given.filter(([, value]) => /[\r\n]/.test(value));
    const lines = given.filter(([, value]) => !/[\r\n]/.test(value)).map(([variable, value]) => `${variable}=${value}\n`);
    await writeFile(variablesFile, lines.join(''), { mode: 0o600 });
    const command = containerCommand({
      engine,
      name,
      image,
      argv,
      folder,
      variablesFile,
      passed: passed.map(([variable]) => variable),
      node,
    });
    const own = { ...engineVariables(platform), ...Object.fromEntries(passed) };
    return await runCommand(command, { cwd: folder, variables: own, signal, timeoutMs, onStart: ownProcess, onText });
  } finally {
    await removeContainer(engine, name, platform);
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Looked for once a process. */
let strays: Promise<void> | null = null;
