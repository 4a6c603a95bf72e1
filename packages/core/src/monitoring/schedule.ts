/**
 * Whether something is to be done again, `everyMs` after the last time, both moments on the event clock. A leap of that clock makes it
 * due once, however far it leaps; so does one back by as much, for then another stretch of time is played. A smaller step back waits
 * for at most twice `everyMs`.
 */
export function isDue(lastMs: number | null, { nowMs, everyMs }: { readonly nowMs: number; readonly everyMs: number }): boolean {
  return lastMs === null || Math.abs(nowMs - lastMs) >= everyMs;
}
