import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a server of loopback on which connections break. */
export interface CuttingProxy extends AsyncDisposable {
  readonly url: string;
  /** How many connections it has cut. */
  readonly cuts: () => number;
  /** Bytes of answers that have passed. */
  readonly answered: () => number;
}

export interface Cutting {
  /** How many bytes go over a connection before it is cut: in either direction, or of answers alone. */
  readonly afterBytes: number;
  readonly of?: 'answers';
  /** So many connections; those after them are left alone. */
  readonly times: number;
  /** Lets what has passed arrive before the connection ends; a reset may take it back. */
  readonly gently?: true;
}

/** Stands before a server and cuts connections to it. */
export async function startCuttingProxy(to: string, { afterBytes, of, times, gently }: Cutting): Promise<CuttingProxy> {
  const { hostname, port } = new URL(to);
  const open = new Set<Socket>();
  let cuts = 0;
  let answered = 0;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    let passed = 0;
    const pass = (from: Socket, onto: Socket): void => {
      open.add(from);
      from.on('data', (chunk: Buffer) => {
        if (from === far) answered += chunk.length;
        if (of === undefined || from === far) passed += chunk.length;
        const isCut = cuts < times && passed > afterBytes && !near.destroyed;
        if (!isCut || of === undefined) onto.write(chunk);
        if (isCut) {
          cuts += 1;
          if (gently === true) near.destroySoon();
          else near.resetAndDestroy();
          far.destroy();
        }
      });
      from.on('error', () => onto.destroy());
      from.on('close', () => (open.delete(from), gently === true ? onto.destroySoon() : onto.destroy()));
    };
    pass(near, far);
    pass(far, near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    cuts: () => cuts,
    answered: () => answered,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close').catch(() => undefined);
    },
  };
}
