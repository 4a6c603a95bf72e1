import { basename, join } from 'node:path';
import { failure, type Json, type JsonObject, type RunId, TidegateError } from '@tidegate/formats';
import {
  atGate,
  faultAtGate,
  type LimitPassed,
  memoryBytes,
  mkdirSync,
  type ProcessLimits,
  rm,
  rmdirSync,
  runCommand,
  sandboxed,
  sandboxScratch,
} from '../platform/index.ts';
import type { StepContext, StepNode } from '../pipeline/index.ts';
import type { Building } from './build-once.ts';
import { outputTail } from './output-tail.ts';
import type { Programs } from './program-identity.ts';
import { pythonCommand } from '../config/index.ts';
import type { RChoice, RLibraries, RLibrary } from './r-libraries.ts';
import { runInContainer } from './run-in-container.ts';
import { noting, undeclaredReads } from './opened-files.ts';
import type { Workspace } from './sealed-workspace.ts';
import { stepSandbox } from './step-sandbox.ts';
import { stepVariables, systemFolders } from './variables.ts';
import { withLimits } from './with-limits.ts';
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
  /** As a shell tells it: 128 + n where signal n ended the command. */
  readonly code: number;
  /** The signal that ended the command or, by the exit code that it gave, one of its own children; null for none. */
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** From when it had its cores to its end. */
  readonly durationMs: number;
  /** The limit that it was ended for; null for none. */
  readonly passed: LimitPassed | null;
  /** The last lines of both streams together, as they came. */
  readonly tail: readonly string[];
  /** Its working folder. */
  readonly folder: string;
  /** Whether it had no network but a loopback of its own. */
  readonly isOffline: boolean;
}

/**
 * What of the machine decides the result of a command: the Python that it is given, whether it calls it or not, for a script or a
 * `make` does not show that it does; and the program that it starts.
 */
export async function commandFacts({ settings, variables }: StepNode, deps: CommandDeps): Promise<JsonObject> {
  const argv = argvOf(settings['run']);
  if (imageOf(settings) !== null) return { machine };
  const r = rFor(argv, deps);
  const [python, program, ofR] = await Promise.all([
    orNull(argv, deps.python, () => deps.virtualEnvironments.identity(deps.python)),
    deps.programs.identity(argv, variables['PATH'] ?? systemFolders),
    r && deps.libraries.identity(r),
  ]);
  return { ...(python ?? { machine }), ...program, ...ofR };
}

const machine = `${process.platform}-${process.arch}`;

/** A node's setting `image`; null when its command runs on this machine. */
function imageOf(settings: StepNode['settings']): string | null {
  return typeof settings['image'] === 'string' ? settings['image'] : null;
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
  options: CommandDeps & { readonly timeoutMs: number | null; readonly workspace: Workspace },
): Promise<Ran> {
  const { clock } = context.platform;
  const tail = outputTail(context.masking);
  const onText = (stream: 'stdout' | 'stderr', text: string): void => {
    context.log(stream, text);
    tail.add(stream, text);
  };
  const declared = { ...context.node.variables, ...context.masking?.values };
  const image = imageOf(context.node.settings);
  if (image !== null) {
    await context.begin?.();
    const start = clock.elapsed();
    const ended = await runInContainer(context, { image, argv, declared, timeoutMs: options.timeoutMs, onText });
    context.signal.throwIfAborted();
    return {
      ...ended,
      durationMs: clock.elapsed() - start,
      tail: tail.lines(),
      folder: options.workspace.folder,
      isOffline: context.node.isolation?.network !== true,
    };
  }
  const python = await pythonFor(context, argv, options);
  const r = await libraryFor(context, argv, options);
  const { folder, sealed } = options.workspace;
  const scratch = `${folder}.scratch`;
  mkdirSync(scratch, { recursive: true });
  let hasCores = context.begin === undefined;
  context.begin?.().then(
    () => (hasCores = true),
    () => {}, // told where it is waited for
  );
  let start = clock.elapsed();
  const begin = async (): Promise<void> => {
    await context.begin?.();
    start = clock.elapsed();
    context.progress('running', null);
  };
  try {
    const program = python === null ? argv : pythonCommand(argv).withPython(python);
    const { isTraced = false, limits } = context.node.isolation ?? {};
    const gpus = wantsGpus(context.node) ? ((await context.begin?.()) ?? []) : [];
    const sandbox = await stepSandbox(context, { argv: program, python, r, folder, scratch, sealed });
    const note = { inside: join(sandbox === null ? scratch : sandboxScratch, noteName), here: join(scratch, noteName) };
    const command = withLimits(isTraced ? await noting(program, note.inside, context.platform) : program, limits);
    const { cpus } = context.node;
    const variables = stepVariables({ declared, python, r, cpus, gpus, scratch: sandbox === null ? scratch : sandboxScratch });
    const gated = hasCores ? null : await atGate(command, { variables, isSandbox: sandbox !== null });
    const started = gated ?? command;
    const result = await runCommand(sandbox === null ? started : sandboxed(started, sandbox), {
      cwd: folder,
      variables,
      signal: context.signal,
      timeoutMs: options.timeoutMs,
      onStart: context.ownProcess,
      onSuccess: () => context.workIsDone?.(),
      limits: limitsOf(context.node),
      begin: { isGated: gated !== null, wait: begin },
      ...(sandbox === null ? { mark: `${context.run}/${context.node.name}/${context.platform.random.hex(4)}` } : { isSandbox: true }),
      onText,
    });
    context.signal.throwIfAborted();
    if (isTraced) {
      const paths = await undeclaredReads(note.here, { root: options.root, workspace: folder });
      context.emit({ kind: 'undeclared-reads', step: context.node.name, paths });
    }
    const ran: Ran = { ...result, durationMs: clock.elapsed() - start, tail: tail.lines(), folder, isOffline: sandbox?.network === false };
    refuseUnstarted(program[0] ?? '', ran, { isGated: gated !== null, isSandbox: sandbox !== null });
    return ran;
  } catch (error) {
    throw startFailure(argv[0] ?? '', error);
  } finally {
    await removeScratch(scratch);
  }
}

/** Which they are must be among its variables, so that it cannot be started before they are known. */
function wantsGpus({ resources }: StepNode): boolean {
  return (resources?.gpus ?? 0) > 0;
}

const noteName = '.tidegate-opened';

/** What a step may take that declares nothing: less than would stop the machine. */
const mostProcesses = 4_096;
const mostMemory = 0.9;
let machineMemory: number | null = null;

function limitsOf({ resources, isolation }: StepNode): ProcessLimits {
  return {
    memoryBytes: resources?.memoryBytes ?? Math.round((machineMemory ??= memoryBytes()) * mostMemory),
    processes: isolation?.limits.processes ?? mostProcesses,
  };
}

/** Mostly nothing was put into it, which is a single call then. */
async function removeScratch(folder: string): Promise<void> {
  try {
    rmdirSync(folder);
  } catch {
    await rm(folder, { recursive: true, force: true });
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
    begin: async () => context.begin?.(),
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

async function libraryFor(context: StepContext, argv: readonly string[], deps: CommandDeps): Promise<RLibrary | null> {
  const r = rFor(argv, deps);
  if (r === null) return null;
  const { signal, ownProcess } = context;
  const begin: Building['begin'] = async () => context.begin?.();
  const progress = (doing: string): void => context.progress(`R library: ${doing}`, null);
  const found = await deps.libraries.ensure(r, { signal, ownProcess, begin, progress });
  if (r.lock !== null && found.unchecked.length > 0) tellUnchecked(context, basename(r.lock), found.unchecked);
  return found;
}

let told: RunId | null = null;

/** Once a run. */
function tellUnchecked({ run, emit }: StepContext, lock: string, packages: readonly string[]): void {
  if (told === run) return;
  told = run;
  emit({ kind: 'unchecked-packages', lock, packages });
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

/** What the gate or bwrap says of a command that it could not start. @throws TG-COMMANDS-NO-PROGRAM, TG-COMMANDS-SANDBOX */
function refuseUnstarted(
  program: string,
  { code, tail }: Pick<Ran, 'code' | 'tail'>,
  { isGated, isSandbox }: { readonly isGated: boolean; readonly isSandbox: boolean },
): void {
  const [line = ''] = tail.length === 1 ? tail : [];
  const fault = isGated ? faultAtGate(program, { code, line }) : null;
  if (fault !== null) throw notStarted(program, fault);
  const said = isSandbox && code === 1 ? /^bwrap: (.*)$/.exec(line)?.[1] : undefined;
  if (said === undefined) return;
  const why = /^execvp .*: (No such file or directory|Permission denied)$/.exec(said)?.[1];
  if (why !== undefined) throw notStarted(program, why === 'Permission denied' ? 'EACCES' : 'ENOENT');
  throw failure(
    'TG-COMMANDS-SANDBOX',
    `Cannot start "${program}" in a sandbox: bubblewrap says "${said}"`,
    'See what stands against it with "tidegate doctor", or go without: TIDEGATE_SANDBOX=off',
  );
}

function startFailure(program: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'EACCES' ? notStarted(program, code, error) : error;
}

function notStarted(program: string, code: 'ENOENT' | 'EACCES', error?: unknown): Error {
  if (code === 'EACCES')
    return failure('TG-COMMANDS-NO-PROGRAM', `Cannot start "${program}": the file may not be executed`, `Run: chmod +x ${program}`, error);
  return failure(
    'TG-COMMANDS-NO-PROGRAM',
    `Cannot start "${program}": there is no such program in the step's environment`,
    'A program of the project is written with its path ("./tool.sh"); packages belong in the requirements file',
    error,
  );
}
