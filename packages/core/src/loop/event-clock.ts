import { failure } from '@tidegate/formats';
import { type Clock, readTextIfThere } from '../platform/index.ts';

/** The clock of what concerns data: windows, ages, schedules. It may stand still, run faster than the system's, and jump. */
export interface EventClock {
  /** Milliseconds since 1970. @throws TG-LOOP-CLOCK when its file was never readable */
  readonly nowMs: () => Promise<number>;
  /** Whether it is read from a file, so that it may jump. */
  readonly isFile: boolean;
}

/**
 * Reads the moment from a file whenever it is asked, to rehearse on past data; without a file it is the clock of the system. While the file
 * cannot be read, as when somebody is writing it, the moment it held last counts.
 */
export function eventClock(file: string | null, clock: Pick<Clock, 'now'>): EventClock {
  if (file === null) return { isFile: false, nowMs: async () => clock.now() };
  let last: number | null = null;
  const nowMs = async (): Promise<number> => {
    try {
      last = momentIn(file, await readTextIfThere(file));
    } catch (error) {
      if (last === null) throw error;
    }
    return last;
  };
  return { isFile: true, nowMs };
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
