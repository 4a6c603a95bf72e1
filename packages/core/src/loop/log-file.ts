import { dirname } from 'node:path';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync, writeSync } from '../platform/index.ts';

/** A plain log that never grows without end: a full file becomes `.1`, that one `.2`, and the oldest goes. */
export interface LogFile {
  readonly write: (line: string) => void;
}

const largestBytes = 1 << 20;
const formerFiles = 3;

/** Every line is in the file when `write` returns. A log that cannot be written stops nothing. */
export function openLogFile(path: string, largest: number = largestBytes): LogFile {
  return {
    write: (line) => {
      try {
        mkdirSync(dirname(path), { recursive: true });
        if (existsSync(path) && statSync(path).size + line.length > largest) rotate(path);
        const file = openSync(path, 'a');
        try {
          writeSync(file, `${line}\n`);
        } finally {
          closeSync(file);
        }
      } catch {
        // the notes are in the state as well
      }
    },
  };
}

function rotate(path: string): void {
  for (let number = formerFiles - 1; number >= 1; number--)
    if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
  renameSync(path, `${path}.1`);
}
