import { treeUsage } from '../engine/usage.ts';
import type { Command, Installed, Place } from './peer.ts';

/** What command lines cost altogether. */
export interface Called {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Of the largest process. */
  readonly peakBytes: number;
  /** Exit codes and output. */
  readonly said: string;
}

/** A command that takes longer is ended, and counts as failed. */
const longestSeconds = 600;

/** Runs command lines of a tool one after the other. Those that fail are an error, unless any exit code will do. */
export function callsOf(peer: Installed, place: Place): (commands: readonly Command[], code?: 'any') => Promise<Called> {
  const env = { ...process.env, ...peer.variables(place) };
  return async (commands, wanted) => {
    let called: Called = { wallSeconds: 0, cpuSeconds: 0, peakBytes: 0, said: '' };
    for (const argv of commands) {
      const { code, output, wallSeconds, cpuSeconds, peakBytes } = await treeUsage(argv, {
        cwd: place.project,
        env,
        killAfterSeconds: longestSeconds,
      });
      if (code === null) throw new Error(`ended after ${longestSeconds} s`);
      if (code !== 0 && wanted !== 'any') throw new Error(`exit ${code}: ${output.trim().slice(-300)}`);
      called = {
        wallSeconds: called.wallSeconds + wallSeconds,
        cpuSeconds: called.cpuSeconds + cpuSeconds,
        peakBytes: Math.max(called.peakBytes, peakBytes),
        said: `${called.said}${code}\n${output}`,
      };
    }
    return called;
  };
}
