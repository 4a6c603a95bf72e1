import type { Connection } from 'pg';
import type { PostgresConnection } from './connect.ts';
import { copyMessages } from './copy-messages.ts';

/**
 * The rows that a COPY … TO STDOUT sends, as text; each line begins with `lineStart`. The client's own parser makes objects of every row, so the bytes are taken
 * past it while the rows last, and everything else is left to it. Whoever stops before the end has to end the connection.
 *
 * @throws what the server says, and what becomes of the connection
 */
export async function* copyOut({ client }: PostgresConnection, sql: string): AsyncGenerator<Buffer> {
  const done = Promise.withResolvers<void>();
  done.promise.catch(() => {}); // it is waited for at the end
  let isOver = false;
  let wake = (): void => {};
  const giveBack = takeBytes(client.connection, () => wake());
  client.query({
    submit: (connection: Connection) => connection.query(sql),
    handleError: (error: Error) => {
      isOver = true;
      done.reject(error);
      wake();
    },
    handleCommandComplete: () => {},
    handleReadyForQuery: () => done.resolve(),
  });
  const take = copyMessages();
  while (!isOver) {
    const piece = client.connection.stream.read() as Buffer | null;
    if (piece === null) {
      await new Promise<void>((resolve) => void (wake = resolve));
      continue;
    }
    const { texts, rest } = take(piece);
    yield* texts;
    if (rest === null) continue;
    giveBack(rest);
    break;
  }
  await done.promise;
}

/** Stops the client from reading its connection. @returns lets it go on, with these bytes first */
function takeBytes({ stream }: Connection, onReadable: () => void): (first: Uint8Array) => void {
  const listeners = stream.listeners('data');
  for (const listener of listeners) stream.off('data', listener as () => void);
  stream.pause();
  stream.on('readable', onReadable);
  return (first) => {
    stream.off('readable', onReadable);
    for (const listener of listeners) {
      stream.on('data', listener as (bytes: Uint8Array) => void);
      listener.call(stream, first);
    }
    process.nextTick(() => stream.resume()); // it notices only then that nobody listens for "readable" any more
  };
}
