import { failure } from '@tidegate/formats';
import { type Clock, readTextIfThere } from '../platform/index.ts';

/** The clock of what concerns data: windows, ages, schedules. It may stand still, run faster than the system's, and jump. */
export interface EventClock {
  /** Milliseconds since 1970. @throws TG-LOOP-CLOCK */
  readonly nowMs: () => Promise<number>;
  /** Whether it is read from a file, so that it may jump. */
  readonly isFile: boolean;
}

/** Reads the moment from a file whenever it is asked, to rehearse on past data; without a file it is the clock of the system. */
export function eventClock(file: string | null, clock: Clock): EventClock {
  return { isFile: file !== null, nowMs: async () => (file === null ? clock.now() : momentIn(file, await readTextIfThere(file))) };
}

/** ISO 8601 with a zone: a moment that means the same everywhere. */
const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

function momentIn(file: string, text: string | null): number {
  const moment = text?.trim() ?? '';
  const ms = form.test(moment) ? Date.parse(moment) : NaN;
  if (Number.isFinite(ms)) return ms;
  const found = text === null ? 'it is not there' : `it holds ${JSON.stringify(moment.slice(0, 40))}`;
  throw failure(
    'TG-LOOP-CLOCK',
    `Cannot read the event clock "${file}": ${found}`,
    'Write one moment in ISO 8601 with its zone: 2013-10-01T00:00:00Z',
  );
}
