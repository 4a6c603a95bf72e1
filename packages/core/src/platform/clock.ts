/** Time, passed in so that tests can steer it. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970, UTC. */
  readonly now: () => number;
  /** Milliseconds that only ever grow, for durations. */
  readonly elapsed: () => number;
}

export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };

export function isoTime(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
