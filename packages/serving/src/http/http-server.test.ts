import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { text } from 'node:stream/consumers';
import { type ClientLimits, httpServer } from './http-server.ts';

test('a request that is no HTTP is answered with 400 and the connection closed', async (t) => {
  const port = await listening(t);

  const answer = await send(port, 'GET / HTTP/9.9\r\nnonsense\r\n\r\n');

  assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(answer, /connection: close/);
  assert.match(answer, /"code":"TG-SERVING-HTTP"/);
});

test('headers over 16 KB are answered with 431', async (t) => {
  const port = await listening(t);

  const answer = await send(port, `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`);

  assert.match(answer, /^HTTP\/1\.1 431 /);
  assert.match(answer, /its headers are too large/);
});

test('headers that do not come in time are answered with 408', async (t) => {
  const port = await listening(t, { headersMs: 100, requestMs: 200 });

  const answer = await send(port, 'GET / HTTP/1.1\r\nhost: a\r\n');

  assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n/);
  assert.match(answer, /"code":"TG-SERVING-SLOW"/);
});

test('a body that does not come in time is answered with 408', async (t) => {
  const port = await listening(t, { headersMs: 100, requestMs: 200 });

  const answer = await send(port, 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nab');

  assert.match(answer, /^HTTP\/1\.1 408 /);
});

async function listening(t: TestContext, limits: Partial<ClientLimits> = {}): Promise<number> {
  const all = { headersMs: 5_000, requestMs: 5_000, idleMs: 5_000, silentMs: 5_000, ...limits };
  const server = httpServer((request, response) => void request.on('end', () => response.end('ok')).resume(), all);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Writes raw bytes and reads until the server closes. */
async function send(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return text(socket);
}
