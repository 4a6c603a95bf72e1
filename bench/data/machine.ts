import { cpus, loadavg, release } from 'node:os';
import type { Installed } from './peer.ts';

/** What was measured, and on what. */
export function machineWords(peers: ReadonlyMap<string, Pick<Installed, 'version'>>): string {
  const versions = [...peers].map(([name, { version }]) => `${name} ${version}`).join(', ');
  return `${versions === '' ? '' : `${versions}. `}Linux ${release()}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.versions.node}.`;
}

export function loadWords(): string {
  return `Load average at the end: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}.`;
}
