import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, shape, type SupervisorState, supervisorStateShape } from '@tidegate/formats';

/** @returns null when there is none, or none that can be read. */
export function readState(folder: string): SupervisorState | null {
  try {
    const parsed = shape.parse(supervisorStateShape, JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')));
    return parsed.ok ? parsed.value : null;
  } catch {
    return null;
  }
}

/** Whole or not at all: whoever reads it never sees half of it. */
export function writeState(folder: string, state: SupervisorState): void {
  const temporary = join(folder, `.tmp-${process.pid}-state.json`);
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeSync(file, canonicalJson(state));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, join(folder, 'state.json'));
}
