import { delimiter, dirname, join } from 'node:path';
import { failure } from '@tidegate/formats';
import { openVirtualEnvironments } from '../../commands/index.ts';
import { runInForeground } from '../../platform/index.ts';
import type { Project } from '../project.ts';

export interface ExecOptions {
  readonly signal: AbortSignal;
  readonly onBuild: (doing: string) => void;
}

/** Path of the Python that has the project's locked packages; builds the virtual environment when it is not there. */
export async function pythonOf({ config, root, home, platform }: Project, { signal, onBuild }: ExecOptions): Promise<string> {
  const { requirements, interpreter } = config.python;
  const choice = { requirements: requirements === null ? null : join(root, requirements), interpreter };
  return openVirtualEnvironments({ folder: home.virtualEnvironments, platform, root }).ensure(choice, { signal, progress: onBuild });
}

/**
 * Runs a command with the terminal, in the user's own surroundings with the virtual environment first on PATH. Returns its exit code.
 *
 * @throws TG-CLI-NO-PROGRAM
 */
export async function runInVirtualEnvironment(
  project: Project,
  argv: readonly string[],
  options: ExecOptions & { readonly toStderr: boolean },
): Promise<number> {
  const python = await pythonOf(project, options);
  const { variables } = project.platform;
  const own = { ...variables, PATH: `${dirname(python)}${delimiter}${variables['PATH'] ?? ''}`, ORT_DISABLE_TELEMETRY: '1' };
  const [program = '', ...rest] = argv;
  const { signal, toStderr } = options;
  const started = [/^python3?$/.test(program) ? python : program, ...rest];
  return runInForeground(started, { cwd: project.root, variables: own, signal, toStderr }).catch((error: NodeJS.ErrnoException) => {
    throw error.syscall?.startsWith('spawn') ? notStarted(program, error) : error;
  });
}

function notStarted(program: string, error: NodeJS.ErrnoException): Error {
  const found =
    error.code === 'ENOENT'
      ? 'no such program is in the virtual environment or on PATH'
      : error.code === 'EACCES'
        ? 'it may not be run'
        : error.message;
  const hint = `Correct the name; for a script of yours: tidegate exec -- python ${program.endsWith('.py') ? program : 'SCRIPT'}`;
  return failure('TG-CLI-NO-PROGRAM', `Cannot run "${program}": ${found}`, hint, error);
}
