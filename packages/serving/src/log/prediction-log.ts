import { setImmediate as breath } from 'node:timers/promises';
import { type PredictionSegment } from '@tidegate/formats';
import type { LinesOf, RequestToLog } from './request-lines.ts';
import { openSegment, type SegmentFile } from './segment-file.ts';

/** Logs what was predicted, off the way of a request: `take` keeps references, a timer writes them. */
export interface PredictionLog {
  /** Never waits and never throws: a full buffer drops the request's rows and counts them. */
  readonly take: (request: RequestToLog) => void;
  readonly counts: () => LogCounts;
  /** Writes what is waiting and closes the segment. */
  readonly close: () => Promise<void>;
}

/** Rows since the process started. */
export interface LogCounts {
  readonly written: number;
  /** The buffer was full, or the segment could not be written. */
  readonly dropped: number;
  readonly waiting: number;
}

export interface PredictionLogOptions {
  readonly folder: string;
  readonly header: Omit<PredictionSegment, 'startedAt'>;
  readonly linesOf: LinesOf;
  readonly now: () => number;
  /** Told when the segment that was written ends in order. */
  readonly onSegment: () => void;
  readonly log: (text: string) => void;
  readonly limits?: Partial<typeof defaults>;
}

/** A killed process loses what it took in the last `flushMs`. */
const defaults = { flushMs: 250, waitingRows: 20_000, rowsAtOnce: 500, segmentBytes: 16 << 20, segmentMs: 600_000 } as const;

export function predictionLog({ folder, header, linesOf, now, onSegment, log, limits = {} }: PredictionLogOptions): PredictionLog {
  const { flushMs, waitingRows, rowsAtOnce, segmentBytes, segmentMs } = { ...defaults, ...limits };
  let taken: RequestToLog[] = [];
  let segment: SegmentFile | null = null;
  let troubled = false;
  const counts = { written: 0, dropped: 0, waiting: 0 };

  const endSegment = async (): Promise<void> => {
    const ended = segment;
    segment = null;
    await ended?.close();
    if (ended !== null) onSegment();
  };
  const writeLines = async (lines: readonly string[]): Promise<void> => {
    if (lines.length === 0) return;
    try {
      segment ??= await openSegment(folder, header, now());
      await segment.append(`${lines.join('\n')}\n`);
      counts.written += lines.length;
      troubled = false;
    } catch (error) {
      counts.dropped += lines.length;
      if (!troubled) log(`The prediction log cannot be written: ${error instanceof Error ? error.message : String(error)}`);
      troubled = true;
    }
  };
  const flush = async (): Promise<void> => {
    const batch = taken;
    taken = [];
    let lines: string[] = [];
    for (const request of batch) {
      counts.waiting -= request.ids.length;
      for (const line of linesOf(request)) lines.push(line);
      if (lines.length < rowsAtOnce) continue;
      await writeLines(lines);
      lines = [];
      await breath(); // requests between
    }
    await writeLines(lines);
    if (segment !== null && (segment.bytes() >= segmentBytes || now() - segment.openedAtMs >= segmentMs)) await endSegment();
  };
  let flushing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  const flushSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = null;
      flushing = flushing.then(flush);
    }, flushMs);
  };

  return {
    take: (request) => {
      const rows = request.ids.length;
      if (counts.waiting + rows > waitingRows) {
        counts.dropped += rows;
        return;
      }
      counts.waiting += rows;
      taken.push(request);
      flushSoon();
    },
    counts: () => counts,
    close: async () => {
      if (timer !== null) clearTimeout(timer);
      await flushing;
      await flush();
      await endSegment();
    },
  };
}
