import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { deployRequestShape, shape, type SupervisorReply, type SupervisorRequest } from '@tidegate/formats';

export interface ControlHandler {
  /** @param calledOff comes when the asking side has gone */
  readonly answer: (request: SupervisorRequest, send: (reply: SupervisorReply) => void, calledOff: AbortSignal) => Promise<void>;
}

const longestRequest = 1 << 20;

/**
 * Takes one request a connection, as one line of JSON, over a Unix socket that only the same user can open: its folder is closed
 * to others before the socket is made. An old socket under the same name is removed: the caller holds the supervisor's lock.
 */
export async function openControl(path: string, handler: ControlHandler): Promise<Server> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  chmodSync(dirname(path), 0o700);
  rmSync(path, { force: true });
  const server = createServer((socket) => void serve(socket, handler));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return server;
}

async function serve(socket: Socket, handler: ControlHandler): Promise<void> {
  socket.unref(); // a silent client must not keep a supervisor that has ended from leaving
  const gone = new AbortController();
  socket.on('error', () => {}); // 'close' follows
  socket.once('close', () => gone.abort());
  const send = (reply: SupervisorReply): void => void (socket.writable && socket.write(`${JSON.stringify(reply)}\n`));
  try {
    await handler.answer(readRequest(await readLine(socket)), send, gone.signal);
  } catch (error) {
    send({ type: 'failed', why: 'request', message: error instanceof Error ? error.message : String(error), output: [] });
  }
  socket.end();
}

function readLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > longestRequest) reject(new Error('the request is too long'));
    });
    socket.once('close', () => reject(new Error('the connection ended before the request')));
  });
}

function readRequest(line: string): SupervisorRequest {
  const value: unknown = JSON.parse(line);
  if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'stop') return { type: 'stop' };
  const parsed = shape.parse(deployRequestShape, value);
  if (!parsed.ok) throw new Error(parsed.failure.map((problem) => problem.message).join('; '));
  return { ...parsed.value, type: 'deploy' };
}
