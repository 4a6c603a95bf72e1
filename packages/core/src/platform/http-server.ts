import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpCall {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Names in lower case; the first of several values. */
  readonly headers: { readonly [name: string]: string | undefined };
  /** At most `bodyLimit` bytes; null when it is longer. */
  readonly body: string | null;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

export interface HttpServing {
  /** 0 = a free one. */
  readonly port: number;
  /** Bytes. */
  readonly bodyLimit: number;
  /** Must not throw. */
  readonly answer: (call: HttpCall) => Promise<HttpReply>;
}

export interface HttpServer {
  readonly port: number;
  /** Takes no more connections and ends those there are. */
  readonly close: () => Promise<void>;
}

/** Serves HTTP at 127.0.0.1 and nowhere else. @throws the error of listen: EADDRINUSE when the port is taken */
export async function serveOnLoopback({ port, bodyLimit, answer }: HttpServing): Promise<HttpServer> {
  const { createServer } = await import('node:http'); // only when something is served: it takes long to load
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000, maxHeaderSize: 16_384 });
  server.on('request', (request, response) => void reply(request, response, { bodyLimit, answer }));
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      server.on('error', () => {}); // a connection that could not be accepted is no reason to end
      resolve({ port: portOf(server.address()), close });
    });
  });
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  { bodyLimit, answer }: Pick<HttpServing, 'bodyLimit' | 'answer'>,
): Promise<void> {
  try {
    const body = await bodyOf(request, bodyLimit);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
    );
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const { status, headers: own, body: text } = await answer({ method: request.method ?? 'GET', path, headers, body });
    const rest = body === null ? { connection: 'close' } : {};
    response.writeHead(status, { 'content-length': String(Buffer.byteLength(text)), ...own, ...rest });
    response.end(request.method === 'HEAD' ? undefined : text);
  } catch {
    response.destroy(); // the caller is gone
  }
}

/** Null when it is longer than the limit: the rest is not waited for. */
function bodyOf(request: IncomingMessage, limit: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limit) return resolve(null);
      chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
    request.on('close', () => reject(new Error('The caller is gone')));
  });
}
