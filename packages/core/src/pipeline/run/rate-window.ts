import type { Rate } from './resources.ts';

/** The starts of the newest span of time, so that no span of that length has more than are allowed. */
export interface RateWindow {
  /** From when on one more may start. */
  readonly next: () => number;
  readonly note: (startedAt: number) => void;
}

export function rateWindow({ count, perMs }: Rate): RateWindow {
  const starts: number[] = []; // a ring of the last `count`
  let at = 0;
  return {
    next: () => {
      const oldest = starts.length < count ? undefined : starts[at];
      return oldest === undefined ? 0 : oldest + perMs;
    },
    note: (startedAt) => {
      starts[at] = startedAt;
      at = (at + 1) % count;
    },
  };
}
