import { spawn } from 'node:child_process';

export interface Usage {
  /** Null when it was ended, see {@link UsageOptions.killAfterSeconds}. */
  readonly code: number | null;
  readonly output: string;
  readonly wallSeconds: number;
  /** User and system time of the command and of everything that it has started, whoever waited for that. */
  readonly cpuSeconds: number;
  /** Largest resident set of any one process of the tree. */
  readonly peakBytes: number;
  /** When the first line came that {@link UsageOptions.began} matches; null for none. */
  readonly beganSeconds: number | null;
}

export interface UsageOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The whole process group gets SIGKILL then. Default: never. */
  readonly killAfterSeconds?: number;
  /** Regular expression of Python. */
  readonly began?: string;
}

/** Orphans come to this process (PR_SET_CHILD_SUBREAPER = 36), so that what they used is counted as well. */
const script = `
import ctypes, json, os, re, resource, signal, subprocess, sys, threading, time
kill_after, began = json.loads(sys.argv[1])
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
own = resource.getrusage(resource.RUSAGE_CHILDREN)  # of what was this process before it was Python: a script that chooses one
start = time.monotonic()
child = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
first, lines = None, []
if kill_after is not None:
  threading.Timer(kill_after, lambda: os.killpg(child.pid, signal.SIGKILL)).start()
for line in child.stdout:
  text = line.decode(errors="replace")
  lines.append(text)
  if first is None and began is not None and re.search(began, text): first = time.monotonic() - start
code = child.wait()
wall = time.monotonic() - start
try:
  while True: os.wait()
except ChildProcessError: pass
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"code": code if code >= 0 else None, "output": "".join(lines), "wallSeconds": wall, "beganSeconds": first,
  "cpuSeconds": used.ru_utime + used.ru_stime - own.ru_utime - own.ru_stime, "peakBytes": used.ru_maxrss * 1024}))
os._exit(0)
`;

/** Runs a command and measures its whole tree, through Python's standard library. */
export function treeUsage([program = '', ...argv]: readonly string[], { cwd, env, killAfterSeconds, began }: UsageOptions): Promise<Usage> {
  return new Promise((resolve, reject) => {
    const settings = JSON.stringify([killAfterSeconds ?? null, began ?? null]);
    const child = spawn('python3', ['-c', script, settings, program, ...argv], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    child.once('error', reject);
    child.once('close', () => resolve(JSON.parse(text) as Usage));
  });
}
