import { failure, type Json, type JsonObject, TidegateError } from '@tidegate/formats';
import { mkdir, rm, runCommand } from '../platform/index.ts';
import type { StepContext, StepNode } from '../pipeline/index.ts';
import type { Building } from './build-once.ts';
import type { Programs } from './program-identity.ts';
import { pythonCommand } from './python-command.ts';
import type { RChoice, RLibraries } from './r-libraries.ts';
import { stepVariables, systemFolders } from './variables.ts';
import type { PythonChoice, VirtualEnvironments } from './virtual-environments.ts';

export interface CommandDeps {
  readonly virtualEnvironments: VirtualEnvironments;
  readonly programs: Programs;
  readonly python: PythonChoice;
  readonly libraries: RLibraries;
  /** Null when the project names no R. */
  readonly r: RChoice | null;
  /** The user's tree: messages say which of its files a step lacks. */
  readonly root: string;
}

/** How a command ended. */
export interface Ran {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** The last lines of both streams together, as they came. */
  readonly tail: readonly string[];
  /** Its working folder. */
  readonly folder: string;
}

/** Lines of output kept for messages. */
const tailLines = 80;

/**
 * What of the machine decides the result of a command: the Python that it is given, whether it calls it or not, for a script or a
 * `make` does not show that it does; and the program that it starts.
 */
export async function commandFacts({ settings, variables }: StepNode, deps: CommandDeps): Promise<JsonObject> {
  const argv = argvOf(settings['run']);
  const r = rFor(argv, deps);
  const [python, program, ofR] = await Promise.all([
    orNull(argv, deps.python, () => deps.virtualEnvironments.identity(deps.python)),
    deps.programs.identity(argv, variables['PATH'] ?? systemFolders),
    r && deps.libraries.identity(r),
  ]);
  return { ...(python ?? { machine: `${process.platform}-${process.arch}` }), ...program, ...ofR };
}

/** The R that a command is given: any that is no Python may start it. */
function rFor(argv: readonly string[], { r }: CommandDeps): RChoice | null {
  return pythonCommand(argv).isPython ? null : r;
}

/** A node's setting `run`. */
export function argvOf(setting: Json | undefined): readonly string[] {
  return Array.isArray(setting) ? setting.map(String) : [];
}

/** Runs a step's command in its workspace, with the project's Python first on PATH and the declared variables only. */
export async function runStepCommand(
  context: StepContext,
  argv: readonly string[],
  options: CommandDeps & { readonly timeoutMs: number | null },
): Promise<Ran> {
  const python = await pythonFor(context, argv, options);
  const r = await libraryFor(context, argv, options);
  const folder = await context.workspace();
  const scratch = `${folder}.scratch`;
  const tail: string[] = [];
  await mkdir(scratch, { recursive: true });
  context.progress('running', null);
  try {
    const result = await runCommand(python === null ? argv : pythonCommand(argv).withPython(python), {
      cwd: folder,
      variables: stepVariables({ declared: context.node.variables, python, r, cpus: context.node.cpus, gpus: context.gpus ?? [], scratch }),
      signal: context.signal,
      timeoutMs: options.timeoutMs,
      onStart: context.ownProcess,
      onLine: (stream, line) => {
        context.log(stream, line);
        tail.push(line);
        if (tail.length > tailLines) tail.shift();
      },
    });
    context.signal.throwIfAborted();
    return { ...result, tail, folder };
  } catch (error) {
    throw startFailure(argv[0] ?? '', error);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function pythonFor(
  context: StepContext,
  argv: readonly string[],
  { virtualEnvironments, python: choice }: CommandDeps,
): Promise<string | null> {
  const building: Building = {
    signal: context.signal,
    progress: (doing) => context.progress(`virtual environment: ${doing}`, null),
    ownProcess: context.ownProcess,
  };
  const python = await orNull(argv, choice, () => virtualEnvironments.ensure(choice, building));
  const { version } = pythonCommand(argv);
  if (python === null || version === null) return python;
  const { python: found } = await virtualEnvironments.identity(choice);
  if (`${String(found)}.`.startsWith(`${version}.`)) return python;
  throw failure(
    'TG-COMMANDS-NO-INTERPRETER',
    `Cannot run "${argv[0] ?? ''}": the project's Python is ${String(found)}`,
    `Write "python", or name the interpreter in tidegate.yaml: python: { interpreter: ${argv[0] ?? ''} }`,
  );
}

async function libraryFor(
  context: StepContext,
  argv: readonly string[],
  deps: CommandDeps,
): Promise<Awaited<ReturnType<RLibraries['ensure']>> | null> {
  const r = rFor(argv, deps);
  if (r === null) return null;
  const { signal, ownProcess } = context;
  return deps.libraries.ensure(r, { signal, ownProcess, progress: (doing) => context.progress(`R library: ${doing}`, null) });
}

/** A project without Python needs none for commands that are not Python. */
async function orNull<T>(argv: readonly string[], choice: PythonChoice, find: () => Promise<T>): Promise<T | null> {
  const isNeeded = pythonCommand(argv).isPython || choice.requirements !== null;
  return find().catch((error: unknown) => {
    const isMissing = error instanceof TidegateError && error.diagnostics[0].code === 'TG-COMMANDS-NO-INTERPRETER';
    if (isMissing && !isNeeded) return null;
    throw error;
  });
}

function startFailure(program: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT')
    return failure(
      'TG-COMMANDS-NO-PROGRAM',
      `Cannot start "${program}": there is no such program in the step's environment`,
      'A program of the project is written with its path ("./tool.sh"); packages belong in the requirements file',
      error,
    );
  if (code === 'EACCES')
    return failure('TG-COMMANDS-NO-PROGRAM', `Cannot start "${program}": the file may not be executed`, `Run: chmod +x ${program}`, error);
  return error;
}
