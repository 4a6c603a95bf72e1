import { createServer, type RequestListener, type Server } from 'node:http';
import { Socket } from 'node:net';
import { type ErrorCode, errorEntry } from '@tidegate/formats';

/** How long a client may take, in milliseconds. */
export interface ClientLimits {
  readonly headersMs: number;
  readonly requestMs: number;
  /** Without a request on an open connection. */
  readonly idleMs: number;
  /** Without a byte in either direction. */
  readonly silentMs: number;
}

const usual: ClientLimits = { headersMs: 10_000, requestMs: 30_000, idleMs: 65_000, silentMs: 120_000 };

/** A server with limits against slow and broken clients. */
export function httpServer(listener: RequestListener, { headersMs, requestMs, idleMs, silentMs }: ClientLimits = usual): Server {
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: idleMs,
      connectionsCheckingInterval: Math.min(1_000, headersMs),
      maxHeaderSize: 16_384,
    },
    listener,
  );
  server.timeout = silentMs;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!(socket instanceof Socket) || socket.destroyed) return;
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else socket.end(refusal(error));
  });
  return server;
}

/** The answer to what is no request: written to the socket itself, which is closed after. */
function refusal({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return rawReply('TG-SERVING-SLOW', 'Cannot wait longer for the request', '408 Request Timeout');
  if (code === 'HPE_HEADER_OVERFLOW')
    return rawReply('TG-SERVING-HTTP', 'Cannot read the request: its headers are too large', '431 Request Header Fields Too Large');
  return rawReply('TG-SERVING-HTTP', `Cannot read the request: ${message.replace(/^Parse Error: /, '')}`, '400 Bad Request');
}

function rawReply(code: ErrorCode, message: string, status: string): string {
  const body = JSON.stringify({ error: message, code, hint: errorEntry(code).fix });
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
}
