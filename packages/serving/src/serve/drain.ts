import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface DrainOptions {
  /** Requests that are not answered yet. */
  readonly inProgress: () => number;
  /** How long a connection may stay open without a request: its next one is answered with `Connection: close`. */
  readonly idleMs: number;
  /** When this has passed, what is left is cut off. */
  readonly limitMs: number;
}

/**
 * Lets a server end without a failed request: no new connections, those there are finish. Closing the server closes this process's
 * copy of a shared handle only.
 */
export async function drain(server: Server, { inProgress, idleMs, limitMs }: DrainOptions): Promise<void> {
  const started = performance.now();
  let closed = !server.listening;
  // not `server.close()`: that of HTTP ends idle connections at once, and with them a request that is on its way
  if (!closed) NetServer.prototype.close.call(server, () => (closed = true));
  while (!closed || inProgress() > 0) {
    const passedMs = performance.now() - started;
    if (passedMs > limitMs) break;
    if (passedMs > idleMs) server.closeIdleConnections();
    await delay(20);
  }
  server.closeAllConnections();
}
