import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly durationMs: number;
}

/** The two programs that the demo uses, in the project's folder. */
export interface Commands {
  readonly variables: { readonly [name: string]: string };
  /** Runs `tidegate`; what it prints goes to the screen unless `quiet`. Its exit code is a result, not an error. */
  readonly tidegate: (argv: readonly string[], options?: { readonly quiet?: true }) => Promise<Finished>;
  /** Runs `git` and returns what it prints. @throws Error when it fails */
  readonly git: (argv: readonly string[]) => Promise<string>;
  /** Whether Ctrl-C or SIGTERM came. */
  readonly interrupted: () => boolean;
}

export function commandsIn(place: {
  readonly repository: string;
  readonly project: string;
  readonly variables: { readonly [name: string]: string };
}): Commands {
  const environment = { ...process.env, ...place.variables };
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (interrupted = true)); // children get it too; we stay to clear up

  const run = (program: string, argv: readonly string[], quiet: boolean): Promise<Finished> =>
    new Promise((resolve, reject) => {
      const start = performance.now();
      const child = spawn(program, argv, {
        cwd: place.project,
        env: environment,
        stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      });
      let stdout = '';
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
      child.stderr?.resume();
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? 1, stdout, durationMs: performance.now() - start }));
    });

  return {
    variables: place.variables,
    interrupted: () => interrupted,
    tidegate: async (argv, options = {}) => {
      const quiet = options.quiet === true;
      if (interrupted && !quiet) throw new Error('interrupted');
      if (!quiet) console.log(`\n$ tidegate ${argv.join(' ')}`);
      return run(process.execPath, [join(place.repository, 'packages/cli/bin/tidegate.js'), ...argv], quiet);
    },
    git: async (argv) => {
      const result = await run('git', argv, true);
      if (result.code !== 0) throw new Error(`git ${argv.join(' ')} ended with ${result.code}`);
      return result.stdout;
    },
  };
}
