import { type EmitEvent, failure, type LoopEvent, type LoopNote } from '@tidegate/formats';
import { type HttpServer, isoTime, serveOnLoopback } from '../platform/index.ts';
import type { Project } from '../project/index.ts';
import { openAlarm } from './alarm.ts';
import { eventClock } from './event-clock.ts';
import { failureOf } from './failure-of.ts';
import { gitFolder } from './head.ts';
import { answerCall } from './http/answer-call.ts';
import { openLogFile } from './log-file.ts';
import { Loop } from './loop.ts';
import { rememberedPort, rememberPort, tokenIn, type UpFolder, upFolder, type UpOwner, writeOwner } from './up-folder.ts';
import type { UpWords } from './up-words.ts';
import { waitForTurn } from './wait-for-turn.ts';

export interface UpOptions {
  readonly open: () => Promise<Project>;
  /** Environment that every branch goes to; null = as `branches` say. */
  readonly to: string | null;
  /** Port of the live page on loopback; null = that of the last time, else a free one. */
  readonly port: number | null;
  /** File with the moment of the event clock; null = the system's clock. */
  readonly clockFile: string | null;
  /** Does what is due and ends, without a page. */
  readonly once: boolean;
  readonly words: UpWords;
  readonly onNote: (note: LoopNote) => void;
  readonly onWait: (owner: UpOwner | null) => void;
  readonly emit: EmitEvent;
  readonly signal: AbortSignal;
}

const lookEveryMs = 1_000;
/** Looking takes at most so much of the time, however large the repository: one part in ten, unless that would be less than every ten seconds. */
const [partOfTime, seldomMs] = [10, 10_000] as const;

/**
 * Watches a project and drives it until it is told to end; with `once` until nothing is due. One process at a time for a project: another
 * one waits. What is deployed stays up when it ends.
 *
 * @returns the exit code: with `once` the worst of what it did, 1 when something was in the way
 * @throws TG-LOOP-NO-GIT, TG-LOOP-CLOCK, TG-LOOP-PORT, and what opening the project throws
 */
export async function keepUp(options: UpOptions): Promise<number> {
  using project = await options.open();
  const folder = upFolder(project);
  const events = eventClock(options.clockFile, project.platform.clock);
  await events.nowMs();
  const git = await gitFolder(project.root);
  using turn = await waitForTurn(project, { signal: options.signal, waits: !options.once, onWait: options.onWait });
  if (turn === null) return 0;
  const log = openLogFile(folder.log);
  const alarm = openAlarm();
  options.signal.addEventListener('abort', alarm.ring, { once: true });
  const loop = new Loop(project, {
    ...options,
    gitFolder: git,
    events,
    wake: alarm.ring,
    onNote: (note) => {
      log.write(options.words.line(note));
      options.onNote(note);
    },
  });
  return await atWork({ project, loop, folder, options, pause: alarm.pause });
}

/** As far as it can still be told: it may be the state that broke. */
function tellBroken(loop: Loop, error: unknown): void {
  try {
    loop.note({ kind: 'up-ended', why: 'broke', message: failureOf(error).message });
  } catch {
    // the command line tells the error itself
  }
}

interface Work {
  readonly project: Project;
  readonly loop: Loop;
  readonly folder: UpFolder;
  readonly options: UpOptions;
  readonly pause: (ms: number) => Promise<void>;
}

async function atWork({ project, loop, folder, options, pause }: Work): Promise<number> {
  const since = isoTime(project.platform.clock);
  const server = options.once ? null : await serve({ project, loop, folder, options }, since);
  const address = server === null ? null : addressOf(server.port);
  const ended = (why: Extract<LoopEvent, { kind: 'up-ended' }>['why']): void => loop.note({ kind: 'up-ended', why, message: null });
  await writeOwner(folder, { address, since });
  try {
    loop.note({ kind: 'up-started', pid: process.pid, address, to: options.to });
    const hindered = await lookAgainAndAgain({ project, loop, options, pause });
    await loop.idle();
    ended(options.signal.aborted ? 'asked' : 'once');
    return options.once ? Math.max(loop.worstExit, hindered ? 1 : 0) : 0;
  } catch (error) {
    tellBroken(loop, error);
    throw error;
  } finally {
    await server?.close();
    await loop.close();
  }
}

/** @returns whether something was in the way at the last look */
async function lookAgainAndAgain({ project, loop, options, pause }: Omit<Work, 'folder'>): Promise<boolean> {
  const { clock } = project.platform;
  let hindered = false;
  while (!options.signal.aborted) {
    const began = clock.elapsed();
    const { isBusy, hindrance } = await loop.attend();
    hindered = hindrance !== null;
    if (options.once && !isBusy) break;
    await pause(Math.min(seldomMs, Math.max(lookEveryMs, partOfTime * (clock.elapsed() - began))));
  }
  return hindered;
}

function addressOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** The port of the last time is given up when another program has it; the one that was asked for is not. @throws TG-LOOP-PORT */
async function serve({ project, loop, folder, options }: Omit<Work, 'pause'>, since: string): Promise<HttpServer> {
  const token = await tokenIn(folder, project.platform.random);
  const open = (port: number): Promise<HttpServer> =>
    serveOnLoopback({
      port,
      bodyLimit: 8 << 20,
      answer: (call) => answerCall(call, { loop, token, words: options.words, own: { address: serving.address, since } }),
    });
  const serving: { address: string | null } = { address: null };
  const wanted = options.port ?? (await rememberedPort(folder));
  const server = await open(wanted).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    if (options.port === null) return open(0);
    throw failure(
      'TG-LOOP-PORT',
      `Cannot serve the live page at port ${options.port}: another program listens there`,
      'End that program, or leave "--port" away: a free port is taken and kept',
      error,
    );
  });
  serving.address = addressOf(server.port);
  await rememberPort(folder, server.port);
  return server;
}
