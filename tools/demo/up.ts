import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { MonitorCheck, PathEnded, PathReason } from '@tidegate/formats';
import { clockFile } from './replay.ts';
import type { Stage } from './stage.ts';

/** `tidegate up` as a child of the demo, and its API on loopback. */
export interface Up {
  readonly address: string;
  readonly get: <T>(path: string) => Promise<T>;
  /** @throws Error with what it answered, unless that is a success */
  readonly post: <T>(path: string, body: object) => Promise<T>;
  /** What it has said so far, a line each. */
  readonly lines: readonly string[];
  /** Asks it to end and waits for that; what is deployed stays up. */
  readonly end: () => Promise<void>;
}

/** What of `GET /api/status` the story needs. */
export interface UpStatus {
  /** The change on its way along the path, or the last one. */
  readonly change: { readonly why: PathReason; readonly ended: PathEnded | null } | null;
  readonly monitors: readonly { readonly monitor: string; readonly last: MonitorLook | null }[];
}

/** What a monitor found when it looked last. */
export type MonitorLook = Pick<MonitorCheck, 'sequence' | 'at' | 'parts' | 'retrain'>;

/** Waits until nothing is on its way along the path, and returns how the last way ended. */
export async function atRest({ interruption }: Stage, up: Up): Promise<PathEnded> {
  for (;;) {
    interruption.check();
    const { change } = await up.get<UpStatus>('/api/status');
    if (change !== null && change.ended !== null) return change.ended;
    await wait(200);
  }
}

/** Starts it with the simulated clock, shows what it says that `shows` lets through, and waits until it can be asked. */
export async function startUp(stage: Stage, shows: (line: string) => boolean): Promise<Up> {
  const { commands, interruption } = stage;
  const argv = ['up', '--to', 'production', '--clock', clockFile(stage)];
  console.log(`\n$ tidegate ${argv.join(' ')} &`);
  const child = commands.start(argv);
  const lines: string[] = [];
  const show = (line: string): void => {
    lines.push(line);
    if (shows(line)) console.log(`  up │ ${line.length > 240 ? `${line.slice(0, 237)}...` : line}`);
  };
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface({ input: stream }).on('line', show);
  const end = (): Promise<void> => endChild(child);
  try {
    const { address, token } = await whenReady(stage, child);
    const ask = async <T>(path: string, init: RequestInit): Promise<T> => {
      interruption.check();
      const { answer, text } = await answerTo(`${address}${path}`, init).catch((error: unknown) => {
        interruption.check(); // Ctrl-C reaches it as well
        throw error;
      });
      interruption.check();
      if (!answer.ok) throw new Error(`Cannot go on: ${path} of tidegate up answered ${answer.status} ${text}`);
      return JSON.parse(text) as T;
    };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    return {
      address,
      get: (path) => ask(path, {}),
      post: (path, body) => ask(path, { method: 'POST', headers, body: JSON.stringify(body) }),
      lines,
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function answerTo(url: string, init: RequestInit): Promise<{ readonly answer: Response; readonly text: string }> {
  const answer = await fetch(url, init);
  return { answer, text: await answer.text() };
}

async function whenReady({ commands, interruption }: Stage, child: ChildProcess): Promise<{ address: string; token: string }> {
  for (;;) {
    interruption.check();
    if (child.exitCode !== null) throw new Error(`Cannot go on: tidegate up ended with ${child.exitCode}`);
    const { up } = JSON.parse(await commands.json(['status'])) as { up: { pid: number; address: string | null; token: string } | null };
    if (up !== null && up.pid === child.pid && up.address !== null)
      return { address: up.address, token: (await readFile(up.token, 'utf8')).trim() };
    await wait(200);
  }
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
