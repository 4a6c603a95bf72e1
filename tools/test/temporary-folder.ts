import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const memory = '/dev/shm';

/** Bytes that must be free there; a whole `npm test` has less than a tenth of it at once. */
const roomBytes = 2 << 30;

/**
 * A new folder in memory for the temporary files of tests, whose many small databases would wait for the disk a quarter of their
 * time. It must have room, and programs in it must start: containers often have neither.
 *
 * @returns null where the system's own temporary folder has to do
 */
export function makeTemporaryFolder(): string | null {
  try {
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize < roomBytes) return null;
    const folder = mkdtempSync(join(memory, 'tidegate-test-'));
    const program = join(folder, 'program');
    writeFileSync(program, '#!/bin/sh\nexit 0\n', { mode: 0o700 });
    const starts = spawnSync(program).status === 0;
    rmSync(starts ? program : folder, { recursive: true });
    return starts ? folder : null;
  } catch {
    return null; // no such folder, or none of ours to write in
  }
}
