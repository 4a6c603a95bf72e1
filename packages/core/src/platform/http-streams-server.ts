import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';

/** A request whose body is read as it comes. */
export interface StreamedCall {
  readonly method: string;
  /** Without the query, still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; the first of several values. */
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body: Readable;
}

export interface StreamedReply {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  /** Default: none. */
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array | string>;
}

export interface StreamServing {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 = a free one. */
  readonly port: number;
  /** PEM; null = no TLS. */
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  /** Must not throw. */
  readonly answer: (call: StreamedCall) => Promise<StreamedReply>;
}

export interface StreamServer {
  readonly port: number;
  /** Takes no more connections, lets requests under way end for a while, then cuts them. */
  readonly close: () => Promise<void>;
}

/** A connection on which nothing moves is cut, in milliseconds. */
const silenceMs = 60_000;
const headMs = 10_000;
const mostConnections = 512;
const closingMs = 5_000;

/** @throws the error of listen: EADDRINUSE when the port is taken; an error of OpenSSL for a certificate that is none */
export async function serveStreams({ host = '127.0.0.1', port, tls, answer }: StreamServing): Promise<StreamServer> {
  const options = { headersTimeout: headMs, requestTimeout: 0, keepAliveTimeout: 65_000, maxHeaderSize: 16_384, noDelay: true };
  const [{ createServer: plain }, { createServer: secure }] = await Promise.all([import('node:http'), import('node:https')]);
  const server: Server = tls === null ? plain(options) : secure({ ...options, cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' });
  server.maxConnections = mostConnections;
  server.setTimeout(silenceMs);
  server.on('request', (request, response) => {
    void answer(callOf(request))
      .then(async ({ status, headers = {}, body = '' }) => {
        const isWhole = typeof body === 'string' || body instanceof Uint8Array;
        const length = isWhole ? { 'content-length': String(Buffer.byteLength(body)) } : {};
        // a body that was refused is not read to its end: the connection is worth less than the bytes
        const rest = request.complete || request.readableEnded ? {} : { connection: 'close' };
        response.writeHead(status, { ...length, ...headers, ...rest });
        if (request.method === 'HEAD') response.end();
        else if (isWhole) response.end(body);
        else await pipeline(body, response);
      })
      .catch(() => response.destroy()); // the caller is gone, or what was promised cannot be sent
  });
  const close = (): Promise<void> =>
    new Promise((done) => {
      const late = setTimeout(() => server.closeAllConnections(), closingMs);
      server.close(() => {
        clearTimeout(late);
        done();
      });
      server.closeIdleConnections();
    });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      server.on('error', () => {}); // a connection that could not be accepted is no reason to end
      resolve({ port: (server.address() as AddressInfo).port, close });
    });
  });
}

function callOf(request: IncomingMessage): StreamedCall {
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  const named = Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]);
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(named) as StreamedCall['headers'],
    body: request,
  };
}
