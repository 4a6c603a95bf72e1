import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openGate, stdioOf } from './gate.ts';
import { type CommandToStart, type Launcher, openLauncher, type StartedCommand } from './launcher.ts';

/** Starting the launcher costs as much as this many commands; most runs have fewer. */
const startedDirectly = 8;

let count = 0;
let launcher: Launcher | null = null;

/**
 * Starts a command in a process group of its own, with nothing to read: the first few of this process directly, later ones through a
 * {@link Launcher}, which makes no difference but to how long it takes.
 *
 * @throws the error of spawn (for instance ENOENT) when the command cannot be started
 */
export async function startCommand(command: CommandToStart): Promise<StartedCommand> {
  count += 1;
  if (count > startedDirectly) launcher ??= openLauncher();
  return launcher?.works() ? launcher.start(command) : startHere(command);
}

async function startHere({ argv: [program, ...rest], cwd, variables, isGated = false }: CommandToStart): Promise<StartedCommand> {
  const child = spawn(program, rest, { cwd, env: { ...variables }, detached: true, stdio: stdioOf(isGated) });
  if (child.pid === undefined) {
    const [error] = await once(child, 'error');
    throw error;
  }
  return Object.assign(child, { pid: child.pid, isPaced: false, open: () => openGate(child) });
}
