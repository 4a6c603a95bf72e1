/** Where words go: `process.stdout`, or what a test reads. */
export interface Output {
  readonly write: (text: string) => unknown;
  /** Writes bytes as they are, as fast as they are taken; ends early when nobody takes them any more. */
  readonly pour: (chunks: AsyncIterable<Uint8Array>) => Promise<void>;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/**
 * A stream of this process that outlives its reader. When the reader goes away (`tidegate log | head`, a closed terminal), what
 * would be written is dropped and the command goes on to its own end: a run is not lost because nobody looks. Anything else that
 * goes wrong with the stream, as a full disk does, is told on stderr, and the exit code is 1.
 */
export function patientOutput(stream: NodeJS.WriteStream): Output {
  let isGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (isGone) return;
    isGone = true;
    if (error.code === 'EPIPE' || error.code === 'EIO') return;
    process.exitCode = 1;
    if (stream !== process.stderr) process.stderr.write(`tidegate: Cannot write the output: ${error.message}\n`);
  });
  const write = (text: string): unknown => isGone || stream.write(text);
  return {
    write: stream.isTTY ? write : gathering(write),
    pour: async (chunks) => {
      unwritten?.flush();
      for await (const chunk of chunks) {
        if (isGone) return;
        if (!stream.write(chunk)) await ready(stream);
      }
    },
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
  };
}

/** Waits until the stream takes more, or never will. */
function ready(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const events = ['drain', 'error', 'close'] as const;
    const done = (): void => {
      for (const event of events) stream.off(event, done);
      resolve();
    };
    for (const event of events) stream.on(event, done);
  });
}

/** What a stream has not yet been given; at most one has anything. */
let unwritten: { readonly flush: () => void } | null = null;

/**
 * Gives a file or a pipe all that is written in one turn of the event loop at once: a thousand steps with nothing to do would cost a
 * thousand system calls. Words for the other stream, and the end of the process, come after what was written before.
 */
function gathering(write: (text: string) => unknown): Output['write'] {
  let gathered = '';
  const own = {
    flush: () => {
      if (unwritten === own) unwritten = null;
      const text = gathered;
      gathered = '';
      if (text !== '') write(text);
    },
  };
  process.once('exit', own.flush);
  return (text) => {
    if (unwritten !== own) {
      unwritten?.flush();
      unwritten = own;
      setImmediate(own.flush);
    }
    gathered += text;
    return true;
  };
}
