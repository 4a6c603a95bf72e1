import { failure, type JsonObject } from '@tidegate/formats';
import { type Captured, mkdir, rm, runCommand } from '../platform/index.ts';
import type { StepContext } from '../pipeline/index.ts';
import { resolvePython, stepVariables } from './variables.ts';
import type { PythonChoice, VirtualEnvironments } from './virtual-environments.ts';

export interface CommandDeps {
  readonly environments: VirtualEnvironments;
  readonly python: PythonChoice;
}

export interface Ran extends Captured {
  /** The last lines of both streams together, as they came. */
  readonly tail: readonly string[];
  readonly timedOut: boolean;
  readonly folder: string;
}

/** What of the machine decides the result of a step's command. */
export async function commandFacts(argv: readonly string[], { environments, python }: CommandDeps): Promise<JsonObject> {
  return resolvePython(argv).usesPython ? environments.identity(python) : { machine: `${process.platform}-${process.arch}` };
}

/** Runs a step's command in its workspace, in the virtual environment and with the declared variables only. */
export async function runStepCommand(
  context: StepContext,
  argv: readonly string[],
  options: CommandDeps & { readonly timeoutMs: number | null },
): Promise<Ran> {
  const { usesPython, argv: withPython } = resolvePython(argv);
  const building = { signal: context.signal, progress: (doing: string) => context.progress(`virtual environment: ${doing}`, null) };
  const python = usesPython ? await options.environments.ensure(options.python, building) : null;
  const folder = await context.workspace();
  const scratch = `${folder}.scratch`;
  await mkdir(scratch, { recursive: true });
  const tail: string[] = [];
  const texts = { stdout: '', stderr: '' };
  context.progress('running', null);
  try {
    const result = await runCommand(python === null ? argv : withPython(python), {
      cwd: folder,
      variables: stepVariables({ declared: context.node.variables, python, cpus: context.node.cpus, scratch }),
      signal: context.signal,
      timeoutMs: options.timeoutMs,
      onStart: context.ownProcess,
      onLine: (stream, line) => {
        context.log(stream, line);
        tail.push(line);
        if (tail.length > 40) tail.shift();
        if (texts[stream].length < 1 << 20) texts[stream] += `${line}\n`;
      },
    });
    context.signal.throwIfAborted();
    return { ...texts, code: result.code ?? 128, tail, timedOut: result.timedOut, folder };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw failure(
        'TG-COMMANDS-NO-PROGRAM',
        `Cannot start "${argv[0] ?? ''}": there is no such program in the step's environment`,
        'A program of the project is written with its path ("./tool.sh") and named in "in:"; packages belong in the requirements file',
        error,
      );
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
