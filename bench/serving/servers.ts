import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A model server that can be measured. */
export interface RunningServer {
  readonly name: string;
  readonly address: string;
  readonly pid: number;
  /** Milliseconds from its start to the first answer of its readiness. */
  readonly readyMs: number;
  readonly stop: () => Promise<void>;
}

/** What both servers are given. */
export interface Served {
  readonly modelFile: string;
  readonly releaseFolder: string;
  /** The online store of a release with features, null for a model alone. */
  readonly online: string | null;
  /** A Python with fastapi, uvicorn, uvloop, httptools, numpy and onnxruntime. */
  readonly python: string;
  /** The core that servers run on. */
  readonly core: number;
}

const serving = resolve(import.meta.dirname, '../../packages/serving/src/main.ts');
const fastapi = resolve(import.meta.dirname, 'fastapi_server.py');

export function startTidegate({ releaseFolder, online, core }: Served): Promise<RunningServer> {
  return startServing('Tidegate', core, ['--release', releaseFolder, ...(online === null ? [] : ['--online', online])]);
}

/** Our server with options of `serve`. */
export function startServing(name: string, core: number, options: readonly string[]): Promise<RunningServer> {
  return start(name, core, (port) => [process.execPath, serving, 'serve', '--port', String(port), ...options]);
}

export function startFastApi({ modelFile, python, core }: Served): Promise<RunningServer> {
  return start('FastAPI', core, (port) => [python, fastapi, modelFile, String(port)]);
}

async function start(name: string, core: number, argvOf: (port: number) => readonly string[]): Promise<RunningServer> {
  const port = await freePort();
  const started = performance.now();
  const child = spawn('taskset', ['-c', String(core), ...argvOf(port)], { stdio: ['ignore', 'ignore', 'inherit'] });
  const address = `http://127.0.0.1:${port}`;
  await waitUntilReady(child, address);
  return { name, address, pid: child.pid ?? 0, readyMs: performance.now() - started, stop: () => stop(child) };
}

async function waitUntilReady(child: ChildProcess, address: string): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`${address}/v2/health/ready`).catch(() => null);
    if (answer?.ok) return;
    await delay(20);
  }
  throw new Error(`Cannot measure a server that ended with ${child.exitCode}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('Cannot find a free port');
  return address.port;
}

/** Versions of what the rival is made of, as pip knows them. */
export function rivalVersions(python: string): string {
  const script =
    'import importlib.metadata as m\nprint(", ".join(f"{n} {m.version(n)}" for n in ["fastapi","uvicorn","uvloop","httptools","pydantic","onnxruntime","numpy"]))';
  return execFileSync(python, ['-c', script]).toString().trim();
}
