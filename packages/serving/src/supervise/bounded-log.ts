import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

export interface BoundedLog {
  readonly line: (text: string) => void;
  readonly close: () => void;
}

/** A log file of at most twice `maxBytes`: a full one is renamed to `PATH.1`, which replaces the one before. */
export function boundedLog(path: string, maxBytes = 1 << 20): BoundedLog {
  let file = openSync(path, 'a', 0o600);
  let bytes = fstatSync(file).size;
  return {
    line: (text) => {
      const line = Buffer.from(`${text}\n`);
      if (bytes > 0 && bytes + line.length > maxBytes) {
        closeSync(file);
        renameSync(path, `${path}.1`);
        file = openSync(path, 'a', 0o600);
        bytes = 0;
      }
      bytes += writeSync(file, line);
    },
    close: () => closeSync(file),
  };
}
