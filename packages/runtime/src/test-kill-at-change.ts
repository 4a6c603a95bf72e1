import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const preload = join(import.meta.dirname, 'fixtures/kill-at-change.ts');

export interface EndedAtChange {
  readonly code: number | null;
  /** Whether it was killed at the change: false when it had come to its end before. */
  readonly killed: boolean;
  /** Both streams. */
  readonly output: string;
  /** Calls that changed something: files, rows of databases, processes. 0 when it was killed. */
  readonly changes: number;
}

export interface KillAtChange {
  readonly cwd?: string;
  readonly variables?: NodeJS.ProcessEnv;
  /** Number of the change just before which it is killed, from 1; null = not at all. */
  readonly killAt: number | null;
}

/**
 * Runs a program of Node and kills it just before one of the calls by which it changes something, whatever the speed of the
 * machine. How many there are, an undisturbed call tells.
 */
export async function runUntilChange(
  argv: readonly string[],
  { cwd, variables = process.env, killAt }: KillAtChange,
): Promise<EndedAtChange> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-changes-'));
  const counted = join(folder, 'changes');
  const env = { ...variables, TIDEGATE_TEST_CHANGES: counted, TIDEGATE_TEST_KILL_AT: String(killAt ?? '') };
  try {
    const { promise, resolve, reject } = Promise.withResolvers<
      Pick<EndedAtChange, 'code' | 'output'> & { readonly signal: NodeJS.Signals | null }
    >();
    const child = spawn(process.execPath, ['--import', preload, ...argv], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, output }));
    const { signal, ...ended } = await promise;
    return { ...ended, killed: signal === 'SIGKILL', changes: signal === null ? Number(readFileSync(counted, 'utf8')) : 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
