import { dirname } from 'node:path';
import { mkdirSync, renameSync, writeFileSync } from '../../platform/index.ts';

/** Keeps a damaged file for whoever wants to know what happened, under a name that no reader looks for; where that can be done. */
export function setAside(path: string): void {
  ifPossible(() => renameSync(path, asideOf(path))); // another process may have been first, or the folder may only be read
}

/** As {@link setAside}, for bytes that lie in no file. */
export function writeAside(path: string, bytes: Uint8Array | null): void {
  if (bytes === null) return;
  ifPossible(() => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(asideOf(path), bytes);
  });
}

/** Where a damaged file is kept. */
export function asideOf(path: string): string {
  return `${path}.corrupt`;
}

function ifPossible(work: () => void): void {
  try {
    work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}
