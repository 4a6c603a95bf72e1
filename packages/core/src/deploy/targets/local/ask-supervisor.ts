import type { SupervisorReply, SupervisorRequest, SupervisorState } from '@tidegate/formats';
import { askOverSocket } from '../../../platform/index.ts';

export interface AskOptions {
  readonly onProgress?: (doing: string) => void;
  /** Aborting calls the request off. */
  readonly signal?: AbortSignal;
}

/** @returns its answer; null when it has gone: nobody listens, or it ended before it answered */
export async function askSupervisor(
  state: SupervisorState,
  request: SupervisorRequest,
  { onProgress, signal }: AskOptions = {},
): Promise<Exclude<SupervisorReply, { type: 'progress' }> | null> {
  let answer: Exclude<SupervisorReply, { type: 'progress' }> | null = null;
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
