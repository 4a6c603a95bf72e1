/** Where words go: `process.stdout`, or what a test reads. */
export interface Output {
  readonly write: (text: string) => unknown;
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
  return {
    write: (text) => isGone || stream.write(text),
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
  };
}
