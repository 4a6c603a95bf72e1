import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What a server answers with besides files, by path. */
export type Oddity = (request: IncomingMessage, response: ServerResponse) => void;

/** A server of files with ETags and ranges, on a free port of loopback. */
export interface WebServer extends AsyncDisposable {
  readonly url: string;
  readonly files: Map<string, Buffer>;
  readonly odd: Map<string, Oddity>;
  /** Every request as `GET /name range`, in their order. */
  readonly asked: string[];
}

export async function startWebServer(token: string | null = null): Promise<WebServer> {
  const [files, odd, asked] = [new Map<string, Buffer>(), new Map<string, Oddity>(), [] as string[]];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.push(`${request.method} ${path} ${request.headers['range'] ?? ''}`.trim());
    const oddity = odd.get(path);
    if (oddity !== undefined) return oddity(request, response);
    if (token !== null && request.headers['authorization'] !== `Bearer ${token}`) return void response.writeHead(401).end();
    const bytes = files.get(path);
    if (bytes === undefined) return void response.writeHead(404).end();
    return sendFile(bytes, request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    files,
    odd,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => undefined);
    },
  };
}

function sendFile(bytes: Buffer, { headers }: IncomingMessage, response: ServerResponse): void {
  const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`;
  const own = { etag, 'accept-ranges': 'bytes' };
  if (headers['if-none-match'] === etag) return void response.writeHead(304, own).end();
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers['range'] ?? '') ?? [];
  const isRange = from !== '' && (headers['if-range'] === undefined || headers['if-range'] === etag);
  if (!isRange) return void response.writeHead(200, { ...own, 'content-length': bytes.length }).end(bytes);
  const part = bytes.subarray(Number(from), to === '' ? bytes.length : Number(to) + 1);
  const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
  response.writeHead(206, { ...own, 'content-length': part.length, 'content-range': range }).end(part);
}
