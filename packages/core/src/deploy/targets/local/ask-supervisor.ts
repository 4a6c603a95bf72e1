import { setTimeout as wait } from 'node:timers/promises';
import type { SupervisorReply, SupervisorRequest, SupervisorState } from '@tidegate/formats';
import { askOverSocket, isRunning } from '../../../platform/index.ts';
import { stillRuns } from './supervisor-process.ts';

export interface AskOptions {
  readonly onProgress?: (doing: string) => void;
  /** Aborting calls the request off. */
  readonly signal?: AbortSignal;
}

type Answer = Exclude<SupervisorReply, { type: 'progress' }>;

const patienceMs = 20_000;

/**
 * Asks until there is an answer or the process has ended: one that has just started may not listen yet, one that is ending listens
 * no more and lets its server finish. To ask twice for the same deployment changes nothing.
 *
 * @returns its answer; null when it has ended
 * @throws TG-DEPLOY-SUPERVISOR when it neither answers nor ends within 20 s
 */
export async function askSupervisor(state: SupervisorState, request: SupervisorRequest, options: AskOptions = {}): Promise<Answer | null> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const answer = await askOnce(state, request, options);
    if (answer !== null || !isRunning(state.supervisor)) return answer;
    if (performance.now() > until) throw stillRuns(state, patienceMs);
    await wait(20);
  }
}

/** @returns null when nobody listens, or it ended before it answered */
async function askOnce(state: SupervisorState, request: SupervisorRequest, { onProgress, signal }: AskOptions): Promise<Answer | null> {
  let answer: Answer | null = null;
  const onLine = (line: string): void => {
    const reply = JSON.parse(line) as SupervisorReply; // from a process of our own, over a socket that only this user can open
    if (reply.type === 'progress') onProgress?.(reply.doing);
    else answer = reply;
  };
  try {
    await askOverSocket(state.control, JSON.stringify(request), { onLine, ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    if (!isGone(error)) throw error;
  }
  return answer;
}

function isGone(error: unknown): boolean {
  return ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');
}
