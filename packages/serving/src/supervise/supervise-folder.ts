import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { SupervisorReply, SupervisorRequest } from '@tidegate/formats';
import { type ExclusiveLock, identityOf, isRunning, type ProcessIdentity, tryLock } from '@tidegate/runtime';
import { boundedLog } from './bounded-log.ts';
import { openControl } from './control-server.ts';
import { readState, writeState } from './state-file.ts';
import { Supervisor } from './supervisor.ts';

/**
 * Runs the supervisor of one service in one environment until it is told to stop, gets SIGTERM or SIGINT, or has nothing to
 * supervise. Everything it keeps is in `folder`. Specification: docs/reference/formats/supervisor.md.
 *
 * @throws Error when another supervisor has the folder
 */
export async function superviseFolder(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = await lockSoon(join(folder, 'supervisor.lock'));
  if (lock === null) throw new Error(`Cannot supervise "${folder}": another supervisor does`);
  using _held = lock;
  await superviseAlone(folder);
}

/** One that is ending may hold the lock a moment longer. */
async function lockSoon(path: string): Promise<ExclusiveLock | null> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const lock = tryLock(path);
    if (lock !== null) return lock;
    await wait(150);
  }
  return null;
}

/** A first request must come within this time: whoever started the supervisor may have been killed. */
const firstRequestMs = 60_000;

async function superviseAlone(folder: string): Promise<void> {
  const before = readState(folder);
  if (before?.live?.server !== undefined) await endOrphan(before.live.server);
  const control = controlPath(folder);
  const supervisor = new Supervisor({
    self: ownIdentity(),
    control,
    port: before?.port,
    log: boundedLog(join(folder, 'supervisor.log')),
    serverLog: boundedLog(join(folder, 'server.log')),
    save: (state) => writeState(folder, state),
  });
  const over = new AbortController();
  const first = setTimeout(() => supervisor.isIdle && over.abort(), firstRequestMs);
  const server = await openControl(control, {
    answer: async (request, send, calledOff) => {
      send(await answer(supervisor, request, { send, calledOff: AbortSignal.any([calledOff, over.signal]) }));
      if (supervisor.isIdle) over.abort();
    },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => over.abort());
  process.on('SIGHUP', () => {}); // its terminal has gone, which is nothing to it
  await new Promise((resolve) => over.signal.addEventListener('abort', resolve));
  clearTimeout(first);
  server.close();
  await supervisor.stop();
}

async function answer(
  supervisor: Supervisor,
  request: SupervisorRequest,
  { send, calledOff }: { readonly send: (reply: SupervisorReply) => void; readonly calledOff: AbortSignal },
): Promise<SupervisorReply> {
  if (request.type === 'deploy') return supervisor.deploy(request, (doing) => send({ type: 'progress', doing }), calledOff);
  await supervisor.stop();
  return { type: 'stopped' };
}

const orphanMs = 3_000;

/** The server of a supervisor that was killed ends by itself; one that hangs is ended here, for it holds the address. */
async function endOrphan(server: ProcessIdentity): Promise<void> {
  const until = performance.now() + orphanMs;
  while (isRunning(server) && performance.now() < until) await wait(20);
  if (!isRunning(server)) return;
  try {
    process.kill(-server.pid, 'SIGKILL');
  } catch {
    // ESRCH: it has just ended
  }
  while (isRunning(server)) await wait(20);
}

/** Longest path that every system takes for a Unix socket (macOS: 104 with the final zero). */
const longestSocketPath = 100;

/** In the folder; for a folder with a long path, in a folder of the user's own below the one for temporary files. */
function controlPath(folder: string): string {
  const path = join(folder, 'control', 'socket');
  if (Buffer.byteLength(path) <= longestSocketPath) return path;
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  return join(tmpdir(), `tidegate-${userInfo().uid}`, name);
}

function ownIdentity(): ProcessIdentity {
  return identityOf(process.pid) ?? { pid: process.pid, startedAt: '', boot: '' };
}
