import type { SendHandle } from 'node:child_process';
import net from 'node:net';

/** A bound address that this process never accepts from: model servers listen on its handle, one after another. */
export interface Listener {
  readonly port: number;
  /** Passed to a model server with `listen`. */
  readonly handle: SendHandle;
  readonly close: () => void;
}

export const loopback = '127.0.0.1';

export interface PortWish {
  /** Exactly this one; 0 = any. */
  readonly wanted: number;
  /** The one of last time: exactly this one again, unless another is wanted. */
  readonly kept: number | undefined;
  /** Where the search for a free one begins. */
  readonly first: number;
}

const tries = 500;

/** @throws Error with a code (EADDRINUSE, EACCES) when the port cannot be had. */
export function bindListener({ wanted, kept, first }: PortWish): Listener {
  const exact = wanted !== 0 ? wanted : kept;
  if (exact !== undefined) return bind(exact);
  for (let port = first; port < first + tries; port++) {
    try {
      return bind(port);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  throw Object.assign(new Error(`no free port from ${first} to ${first + tries - 1}`), { code: 'EADDRINUSE' });
}

type BoundHandle = SendHandle & { readonly getsockname: (address: { port?: number }) => number; readonly close: () => void };

/**
 * Binds without listening. A `net.Server` cannot be used: in Node it accepts as soon as it listens, here and again in the
 * process it is sent to, before the model is loaded. This is how Node's own `cluster` makes the handles that its workers
 * share (lib/internal/cluster/shared_handle.js). The first server's `listen` puts the socket into the listening state; from
 * then on connections wait in its backlog while no server runs.
 */
function bind(port: number): Listener {
  const create = (
    net as unknown as { _createServerHandle: (host: string, port: number, family: 4, fd: -1, flags: 0) => BoundHandle | number }
  )._createServerHandle;
  const handle = create(loopback, port, 4, -1, 0);
  if (typeof handle === 'number') throw bindError(handle, port);
  const late = handle.getsockname({}); // libuv keeps the error of a bind for later (uv_tcp_bind): this is the first that tells it
  if (late === 0) return { port, handle, close: () => handle.close() };
  handle.close();
  throw bindError(late, port);
}

function bindError(code: number, port: number): Error {
  const names: { readonly [errno: number]: string } = { [-98]: 'EADDRINUSE', [-48]: 'EADDRINUSE', [-13]: 'EACCES' };
  const name = names[code] ?? `errno ${code}`;
  return Object.assign(new Error(`bind ${name} ${loopback}:${port}`), { code: name });
}
