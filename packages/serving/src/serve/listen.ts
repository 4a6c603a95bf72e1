import type { Server } from 'node:http';
import { failure, type FromServer, type ToServer } from '@tidegate/formats';

/** Where a server gets its connections from. */
export interface Listening {
  /** Port and host of its own, or the handle of a supervisor once it allows to accept. @throws TG-SERVING-ARGUMENTS when the port is taken */
  readonly start: (server: Server) => Promise<void>;
  /** Tells that the model is loaded and warmed up. */
  readonly ready: () => void;
  /** Resolves when the supervisor asks to stop, or is gone. Never without one. */
  readonly stopAsked: Promise<void>;
}

/** Listens on a port. The line on stdout names it, for callers that asked for port 0. */
export function listenOnPort(port: number, host: string): Listening {
  return {
    start: (server) =>
      new Promise((resolve, reject) => {
        server.once('error', (error) =>
          reject(failure('TG-SERVING-ARGUMENTS', `Cannot listen on ${host}:${port}: ${error.message}`, 'Give another "--port"', error)),
        );
        server.listen({ port, host, backlog: 1_024 }, () => {
          const address = server.address();
          process.stdout.write(`${JSON.stringify({ event: 'listening', port: typeof address === 'object' ? address?.port : port })}\n`);
          resolve();
        });
      }),
    ready: () => {},
    stopAsked: new Promise(() => {}),
  };
}

/**
 * Takes the listening handle from a supervisor over Node's IPC channel (formats/supervision.ts) and accepts only when told to, so
 * that two servers share an address for a moment and none has to refuse a connection.
 */
export function listenForSupervisor(): Listening {
  let handle: unknown;
  let serving: Server | null = null;
  let accepting = false;
  const accept = (): void => {
    if (!accepting || serving === null || handle === undefined || serving.listening) return;
    serving.listen(handle);
  };
  const stopAsked = new Promise<void>((resolve) => {
    process.once('disconnect', resolve);
    process.on('message', (message: ToServer, given: unknown) => {
      if (message.type === 'listen') handle = given;
      else if (message.type === 'accept') accepting = true;
      else if (message.type === 'drain') resolve();
      accept();
    });
  });
  return {
    start: async (server) => {
      serving = server;
      accept();
    },
    ready: () => void process.send?.({ type: 'ready', pid: process.pid } satisfies FromServer),
    stopAsked,
  };
}
