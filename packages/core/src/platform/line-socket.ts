import { connect } from 'node:net';

/**
 * Sends one line over a Unix socket and hands over every line that comes back, until the other side ends the connection.
 * Aborting closes the connection.
 *
 * @throws the error of the connection: ENOENT and ECONNREFUSED mean that nobody listens there
 */
export function askOverSocket(
  path: string,
  line: string,
  options: { readonly onLine: (line: string) => void; readonly signal?: AbortSignal },
): Promise<void> {
  const { onLine, signal } = options;
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const abort = (): void => void socket.destroy(new Error('called off'));
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    let rest = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    });
    socket.once('error', reject);
    socket.once('close', () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    socket.write(`${line}\n`);
  });
}
