import type { Readable } from 'node:stream';

/** What is read of one stream in a window of time at most; then its writer waits, as it would for a slow terminal. */
const mostBytes = 4 << 20;
const windowMs = 100;

/** Reading that can be put off for a while. */
export interface PacedReading {
  readonly hold: () => void;
  readonly goOn: () => void;
}

/**
 * Reads a stream at 40 MB a second at most, so that a command that prints without end slows down itself and nobody else whose output is
 * read by the same process.
 */
export function readPaced(stream: Readable, onChunk: (chunk: Buffer) => void): PacedReading {
  const waits = { forTime: false, forReader: false };
  const resume = (): void => {
    if (!waits.forTime && !waits.forReader) stream.resume();
  };
  let read = 0;
  let begun = performance.now();
  stream.on('data', (chunk: Buffer) => {
    onChunk(chunk);
    read += chunk.length;
    if (read < mostBytes) return;
    const pauseMs = begun + windowMs - performance.now();
    read = 0;
    begun = performance.now() + Math.max(pauseMs, 0);
    if (pauseMs <= 0) return;
    waits.forTime = true;
    stream.pause();
    setTimeout(() => ((waits.forTime = false), resume()), pauseMs);
  });
  return {
    hold: () => {
      waits.forReader = true;
      stream.pause();
    },
    goOn: () => {
      waits.forReader = false;
      resume();
    },
  };
}
