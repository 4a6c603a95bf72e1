/** Something that happens later, passed in so that tests steer time. */
export interface Timer {
  /** Milliseconds that only ever grow. */
  readonly elapsed: () => number;
  /** Calls `work` once in so many milliseconds, unless the returned function is called before. */
  readonly after: (ms: number, work: () => void) => () => void;
}

export const systemTimer: Timer = {
  elapsed: () => performance.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};
