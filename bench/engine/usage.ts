import { spawn } from 'node:child_process';

export interface Usage {
  readonly code: number;
  readonly output: string;
  readonly wallSeconds: number;
  /** User and system time of the command and every child it waited for. */
  readonly cpuSeconds: number;
  /** Largest resident set of any one process of the tree. */
  readonly peakBytes: number;
}

const script = `
import json, os, resource, subprocess, sys, time
start = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"code": done.returncode, "output": done.stdout.decode(errors="replace"), "wallSeconds": time.monotonic() - start,
  "cpuSeconds": used.ru_utime + used.ru_stime, "peakBytes": used.ru_maxrss * 1024}))
`;

/** Runs a command and measures its whole tree (getrusage of waited-for children, through Python's standard library). */
export function treeUsage(
  program: string,
  argv: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Usage> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', ['-c', script, program, ...argv], { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    child.once('error', reject);
    child.once('close', () => resolve(JSON.parse(text) as Usage));
  });
}
