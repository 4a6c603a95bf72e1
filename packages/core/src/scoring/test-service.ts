import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Digest } from '@tidegate/formats';
import { checkOutRelease } from '../packaging/index.ts';
import { argv, type ScoringBench } from './test-bench.ts';

export interface TestService {
  readonly address: string;
  readonly kill: () => Promise<void>;
}

/** Starts the real model server with a release of the bench, and waits until it answers. */
export async function startService(bench: ScoringBench, release: Digest, options: readonly string[]): Promise<TestService> {
  await checkOutRelease(bench.store, release, bench.path('served'));
  const [program = '', ...rest] = [...argv, 'serve', '--port', '0', '--release', bench.path('served'), ...options];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const address = `http://127.0.0.1:${(JSON.parse(String(line)) as { readonly port: number }).port}`;
  while (!(await fetch(`${address}/v2/health/ready`).catch(() => null))?.ok) await delay(20);
  return {
    address,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** What is said of a row, without its id and the ages of its features, which a batch has not; of one that is refused the code. */
export interface Said {
  readonly prediction?: number | string | null;
  readonly features?: { readonly [feature: string]: string };
  readonly code?: string;
}

/** Asks for one row. */
export async function askService(address: string, body: unknown): Promise<Said> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${address}/v1/predict`, { method: 'POST', headers, body: JSON.stringify(body) });
  const told = JSON.parse(await answer.text()) as {
    readonly code?: string;
    readonly predictions?: readonly (Said & { readonly id: string; readonly ages?: unknown })[];
  };
  const [one] = told.predictions ?? [];
  if (one === undefined) return { code: told.code ?? '' };
  const { id: _, ages: __, ...said } = one;
  return said;
}
