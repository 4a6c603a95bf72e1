import { passed } from './look-over.ts';
import type { SourceFinding } from './source.ts';

type Found = Omit<SourceFinding, 'about'>;

const asked = 5;

/** The shortest of several answers. */
export async function latencyFinding(ask: () => Promise<unknown>): Promise<Found> {
  const took: number[] = [];
  for (let turn = 0; turn < asked; turn++) {
    const begun = performance.now();
    await ask();
    took.push(performance.now() - begun);
  }
  const latencyMs = Math.round(Math.min(...took) * 100) / 100;
  return passed(`An answer takes ${latencyMs} ms`, { latencyMs });
}

/** Clocks further apart than this make ages and schedules wrong. */
const mostSkewMs = 5_000;

/** @param ask the other clock, in milliseconds since 1970 */
export async function clockFinding(ask: () => Promise<number>): Promise<Found> {
  const before = Date.now();
  const theirs = await ask();
  const skewMs = Math.round(theirs - (before + Date.now()) / 2);
  if (Math.abs(skewMs) <= mostSkewMs) return passed(`Its clock and ours are ${Math.abs(skewMs)} ms apart`, { skewMs });
  const message = `Its clock is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? 'ahead of' : 'behind'} ours`;
  return { verdict: 'fail', message, hint: 'Have both machines set their clocks by NTP', measured: { skewMs } };
}

/** Lag from which on a replica is told as late. */
const mostLagMs = 60_000;

/** @param lagMs null = it does not follow at all */
export function lagFinding(lagMs: number | null): Found {
  if (lagMs !== null && lagMs <= mostLagMs) return passed(`It is a replica, ${Math.round(lagMs / 1000)} s behind`, { lagMs });
  const found = lagMs === null ? 'and has stopped following' : `${Math.round(lagMs / 1000)} s behind`;
  const message = `It is a replica, ${found}: rows that are newer are not seen`;
  return { verdict: 'fail', message, hint: 'Read from the primary, or look why the replica is late', measured: { lagMs } };
}
