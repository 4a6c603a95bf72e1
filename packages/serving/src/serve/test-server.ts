import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface TestServer {
  readonly child: ChildProcess;
  readonly address: string;
  readonly port: number;
  /** What it has written to stderr so far. */
  readonly log: () => string;
  /** Ends it at once. */
  readonly kill: () => Promise<void>;
  /** Resolves once it and every process that it has started have ended: these write to its stderr. */
  readonly allEnded: Promise<unknown>;
  /** Asks it to drain and waits for its end. @returns its exit code */
  readonly stop: () => Promise<number | null>;
}

export const main = resolve(import.meta.dirname, '../main.ts');

/** Starts the model server as a process of its own and waits until it is ready, unless `ready` is false. */
export async function startServer(args: readonly string[], { ready = true }: { readonly ready?: boolean } = {}): Promise<TestServer> {
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, 'exit');
  const allEnded = once(child, 'close');
  const line = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended.then(() => null)]);
  if (line === null) throw new Error(`The server ended: ${text}`);
  const { port } = JSON.parse(String(line[0])) as { readonly port: number };
  const address = `http://127.0.0.1:${port}`;
  const server = { child, address, port, log: () => text, stop: () => stop(child, ended), kill: () => kill(child, ended), allEnded };
  if (ready) await waitUntilReady(server);
  return server;
}

async function waitUntilReady({ address, child, log }: TestServer): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`${address}/v2/health/ready`).catch(() => null);
    if (answer?.ok) return;
    await delay(20);
  }
  throw new Error(`The server ended with ${child.exitCode}: ${log()}`);
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<number | null> {
  child.kill('SIGTERM');
  await ended;
  return child.exitCode;
}

async function kill(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

/** Predictions of an answer without their ids, which differ from answer to answer. */
export function withoutIds(predictions: unknown): unknown {
  if (!Array.isArray(predictions)) return predictions;
  return predictions.map((prediction: object) => Object.fromEntries(Object.entries(prediction).filter(([name]) => name !== 'id')));
}
