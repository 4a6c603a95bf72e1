import { execFile } from 'node:child_process';

export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a short command of ours (git, an interpreter's question) and returns what it printed; 127 when there is no such program. Output is limited to 16 MB. */
export function capture(
  argv: readonly string[],
  options: {
    readonly cwd: string;
    readonly variables?: { readonly [name: string]: string | undefined };
    /** Longer it may not take: it is ended then. Default: no limit. */
    readonly timeoutMs?: number;
  },
): Promise<Captured> {
  const [program = '', ...rest] = argv;
  return new Promise((resolve) => {
    execFile(
      program,
      rest,
      {
        cwd: options.cwd,
        env: { ...(options.variables ?? process.env) },
        maxBuffer: 16 << 20,
        encoding: 'utf8',
        timeout: options.timeoutMs ?? 0,
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : error.code === 'ENOENT' ? 127 : 1;
        resolve({ code, stdout, stderr });
      },
    );
  });
}
