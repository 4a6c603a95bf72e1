/** How long runs and what hangs on them are kept; both limits must be passed before something goes. */
export interface Retention {
  /** The newest runs of a project; the newest lines of each environment's history; the newest checks of each monitor. Default 50. */
  readonly runs: number;
  /** Days since they began. Default 30. */
  readonly days: number;
}

export const dayMs = 86_400_000;

/** Whether something is kept that is the `index`-th newest of its sort (from 0) and began at a time (ISO 8601). */
export function isRetained({ runs, days }: Retention, nowMs: number): (index: number, at: string) => boolean {
  return (index, at) => index < runs || Date.parse(at) >= nowMs - days * dayMs;
}
