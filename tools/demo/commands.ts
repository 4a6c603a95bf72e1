import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Interruption } from './interruption.ts';

export interface Finished {
  readonly code: number;
  /** Empty when it went to the screen. */
  readonly stdout: string;
  /** Empty when it went to the screen. */
  readonly stderr: string;
  readonly durationMs: number;
}

/** The two programs that the demo uses, in the project's folder. Each but `stop` throws `Interrupted` once somebody stopped the demo. */
export interface Commands {
  /** Runs `tidegate`; what it prints goes to the screen. Its exit code is a result, not an error. */
  readonly tidegate: (argv: readonly string[]) => Promise<Finished>;
  /** Runs a command in the project's virtual environment. @throws Error when it fails: the story needs what it makes */
  readonly exec: (argv: readonly string[]) => Promise<void>;
  /** Runs `tidegate` with `--json` and returns what it prints. @throws Error when it fails */
  readonly json: (argv: readonly string[]) => Promise<string>;
  /** Starts `tidegate` and leaves it running; its output is there to be read. Whoever starts it ends it. */
  readonly start: (argv: readonly string[]) => ChildProcess;
  /** Ends everything of the project that is up, also after an interruption. @returns whether it could */
  readonly stop: () => Promise<Finished>;
  /** Runs `git` and returns what it prints. @throws Error when it fails */
  readonly git: (argv: readonly string[]) => Promise<string>;
  /** How a person calls `tidegate` on this project, as a line for a shell. */
  readonly line: (argv: string) => string;
}

export interface Place {
  /** The checkout that holds the command line. */
  readonly repository: string;
  readonly project: string;
  readonly variables: { readonly [name: string]: string };
}

export function commandsIn(place: Place, interruption: Interruption): Commands {
  const program = join(place.repository, 'packages/cli/bin/tidegate.js');
  const run = (argv: readonly string[], output: 'screen' | 'kept'): Promise<Finished> => start(place, argv, output);
  const tidegate = async (argv: readonly string[]): Promise<Finished> => {
    interruption.check();
    console.log(`\n$ tidegate ${argv.join(' ')}`);
    const finished = await run([process.execPath, program, ...argv], 'screen');
    interruption.check();
    return finished;
  };
  const kept = async (argv: readonly string[]): Promise<string> => {
    interruption.check();
    const { code, stdout, stderr } = await run(argv, 'kept');
    interruption.check();
    if (code !== 0) throw new Error(`Cannot go on: "${argv.join(' ')}" ended with ${code}\n${stderr}`);
    return stdout;
  };
  return {
    tidegate,
    exec: async (argv) => {
      const { code } = await tidegate(['exec', '--', ...argv]);
      if (code !== 0) throw new Error(`Cannot go on: "${argv.join(' ')}" ended with ${code}`);
    },
    json: (argv) => kept([process.execPath, program, ...argv, '--json']),
    start: (argv) => {
      interruption.check();
      return spawnIn(place, [process.execPath, program, ...argv], 'pipe');
    },
    stop: () => run([process.execPath, program, 'stop'], 'kept'),
    git: (argv) => kept(['git', ...argv]),
    line: (argv) => `cd ${place.project} && ${assignments(place)} node ${program} ${argv}`,
  };
}

function assignments({ variables }: Place): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

function start(place: Place, argv: readonly string[], output: 'screen' | 'kept'): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawnIn(place, argv, output === 'kept' ? 'pipe' : 'inherit');
    let [stdout, stderr] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, stdout, stderr, durationMs: performance.now() - began }));
  });
}

function spawnIn({ project, variables }: Place, [program = '', ...argv]: readonly string[], stream: 'pipe' | 'inherit'): ChildProcess {
  return spawn(program, argv, { cwd: project, env: { ...process.env, ...variables }, stdio: ['ignore', stream, stream] });
}
