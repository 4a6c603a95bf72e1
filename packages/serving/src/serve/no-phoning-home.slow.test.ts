import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Signature } from '@tidegate/formats';
import { makeRelease, type TestModel } from './test-release.ts';
import { main } from './test-server.ts';
import { strayCalls, tracedCalls } from './test-trace.ts';

const noStrace = spawnSync('strace', ['-V']).error === undefined ? false : 'strace is not installed (apt-get install strace)';
if (noStrace !== false && process.env['CI'] !== undefined) throw new Error(`Cannot show that nothing phones home: ${noStrace}`);

const signature: Signature = {
  task: 'regression',
  inputs: [
    { name: 'town', type: 'string' },
    { name: 'area', type: 'number' },
  ],
  classes: [],
};

test('serving an ONNX model writes no file and opens no socket outside of loopback', { skip: noStrace }, async (t) => {
  assert.deepEqual(await traced(t, { file: 'matrix.onnx', flavor: 'onnx' }, { x: 1, y: 2, z: 3 }), { status: 200, stray: [], home: [] });
});

test('serving a model in Python writes no file and opens no socket outside of loopback', { skip: noStrace }, async (t) => {
  const model = { file: 'python/linear.py', flavor: 'function', signature } as const;

  assert.deepEqual(await traced(t, model, { town: 'a', area: 2 }), { status: 200, stray: [], home: [] });
});

test('a trace of a program that writes, asks a name server or connects outside is seen as such', () => {
  const harmless = [
    '7 openat(AT_FDCWD, "/lib/libc.so.6", O_RDONLY|O_CLOEXEC) = 3',
    '7 openat(AT_FDCWD, "/dev/null", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3',
    '7 mkdir("/var/cache", 0755) = -1 EEXIST (File exists)',
    '7 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3',
    '7 bind(21, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
    '7 connect(5, {sa_family=AF_INET6, sin6_port=htons(80), inet_pton(AF_INET6, "::1", &sin6_addr)}, 28) = 0',
  ];
  const stray = [
    '7 openat(AT_FDCWD, "/var/cache/id", O_RDWR|O_CREAT, 0600) = 3',
    '7 mkdir("/var/cache/new", 0755) = 0',
    '7 socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE) = 3',
    '7 connect(5, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.2")}, 16) = 0',
    '7 connect(5, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("20.42.65.92")}, 16) = -1 EINPROGRESS (Operation now in progress)',
  ];

  assert.deepEqual(strayCalls([...harmless, ...stray].join('\n')), stray);
});

interface Traced {
  readonly status: number;
  readonly stray: readonly string[];
  /** What lies in the home folder afterwards. */
  readonly home: readonly string[];
}

/** Runs the server under strace with an empty home folder, predicts once, and lets it drain. */
async function traced(t: TestContext, model: TestModel, row: object): Promise<Traced> {
  const release = await makeRelease(model);
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-trace-'));
  const home = await mkdtemp(join(tmpdir(), 'tidegate-home-'));
  t.after(() => Promise.all([release.remove(), rm(folder, { recursive: true }), rm(home, { recursive: true })]));
  const file = join(folder, 'trace');
  const server = [process.execPath, main, 'serve', '--release', release.folder, '--port', '0', '--python', realPython()];
  // -D: strace is the child, so that signals reach the server
  const child = spawn('strace', ['-D', '-f', '-q', '-o', file, '-e', `trace=${tracedCalls}`, ...server], {
    env: { PATH: process.env['PATH'], HOME: home },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { port }: { readonly port: number } = JSON.parse(String(line));
  const status = await predictWhenReady(`http://127.0.0.1:${port}`, row);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  return { status, stray: strayCalls(await traceOf(file, child.pid ?? 0)), home: await readdir(home, { recursive: true }) };
}

async function predictWhenReady(address: string, row: object): Promise<number> {
  while (!(await fetch(`${address}/v2/health/ready`)).ok) await delay(50);
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const answer = await fetch(`${address}/v1/predict`, { method: 'POST', headers, body: JSON.stringify({ rows: [row] }) });
  return answer.status;
}

/** The whole trace: strace writes on after the server's end. */
async function traceOf(file: string, pid: number): Promise<string> {
  await access(file);
  const end = new RegExp(`^${pid} +\\+\\+\\+ (exited|killed)`, 'm');
  for (let tries = 0; tries < 500; tries++) {
    const text = await readFile(file, 'utf8');
    if (end.test(text)) return text;
    await delay(20);
  }
  throw new Error('Cannot read the trace: strace did not note the end of the server');
}

/** Not a shim of a version manager, which writes files of its own. */
function realPython(): string {
  return execFileSync('python3', ['-c', 'import sys; print(sys.executable)']).toString().trim();
}
