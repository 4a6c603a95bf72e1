import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { RunningServer } from './servers.ts';

/** One round of load on one server. */
export interface Round {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUsPerRequest: number;
  readonly residentMb: number;
  readonly failed: number;
}

export interface Load {
  readonly path: string;
  readonly bodyFile: string;
  readonly connections: number;
  readonly seconds: number;
  /** A script for wrk. Default: the whole file is the body of every request. */
  readonly script?: string;
  /** The core that the load generator runs on. */
  readonly core: number;
}

interface Figures {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

const oneBody = resolve(import.meta.dirname, 'post.lua');
const run = promisify(execFile);

/** Sends the body again and again over open connections (wrk, closed loop) and reads what the server used meanwhile. */
export async function measure(
  server: RunningServer,
  { path, bodyFile, connections, seconds, core, script = oneBody }: Load,
): Promise<Round> {
  const before = await cpuSeconds(server.pid);
  const args = [
    '-c',
    String(core),
    'wrk',
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--latency',
    '-s',
    script,
    `${server.address}${path}`,
    '--',
    bodyFile,
  ];
  const { stdout } = await run('taskset', args);
  const line = /^FIGURES (.*)$/m.exec(stdout)?.[1];
  if (line === undefined) throw new Error(`Cannot read what wrk says: ${stdout}`);
  const figures: Figures = JSON.parse(line);
  return {
    requestsPerSecond: figures.requests / figures.seconds,
    p50Ms: figures.p50Ms,
    p99Ms: figures.p99Ms,
    cpuUsPerRequest: (((await cpuSeconds(server.pid)) - before) * 1e6) / figures.requests,
    residentMb: await residentMb(server.pid),
    failed: figures.failed,
  };
}

/** User and system time of a process and all its threads, from /proc/PID/stat (proc(5), fields 14 and 15, in ticks of 10 ms). */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
