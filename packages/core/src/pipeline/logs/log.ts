import { dirname, join } from 'node:path';
import type { RunId, StepName } from '@tidegate/formats';
import { closeSync, mkdirSync, openSync, writeSync } from '../../platform/index.ts';
import type { Home } from '../../store/index.ts';

/** Where the lines go that a step printed in a run; the file is there once it printed one. */
export function stepLog(home: Home, run: RunId, step: StepName): string {
  return join(home.logs, run, `${step}.log`);
}

/** The lines of one step in one run, as they were printed; closed by `using`. */
export interface StepLog {
  readonly path: string;
  readonly write: (line: string) => void;
  readonly [Symbol.dispose]: () => void;
}

const mostBytes = 10 << 20;
/** Lines are gathered up to this size, so that a chatty step does not cost a system call a line. */
const gathered = 64 << 10;

/** Keeps the first 10 MB and then says how much was left out. The file is made at the first line. */
export function openStepLog(path: string): StepLog {
  let file: number | null = null;
  let waiting = '';
  let written = 0;
  let leftOut = 0;
  let isBroken = false;
  const append = (): void => {
    if (file === null) {
      mkdirSync(dirname(path), { recursive: true });
      file = openSync(path, 'a');
    }
    writeSync(file, waiting);
  };
  const flush = (): void => {
    try {
      if (waiting !== '' && !isBroken) append();
    } catch {
      isBroken = true; // a full disk must not fail a step that only wanted to say something
    }
    waiting = '';
  };
  return {
    path,
    write: (line) => {
      const bytes = Buffer.byteLength(line) + 1;
      if (leftOut > 0 || written + bytes > mostBytes) {
        leftOut += bytes;
        return;
      }
      written += bytes;
      waiting += `${line}\n`;
      if (waiting.length >= gathered) flush();
    },
    [Symbol.dispose]: () => {
      if (leftOut > 0) waiting += `[${leftOut} more bytes were printed; Tidegate keeps the first ${mostBytes} of a step]\n`;
      flush();
      if (file !== null) closeSync(file);
    },
  };
}

/**
 * The text with everything visible that a terminal would obey: control characters (C0, DEL, C1) become their Unicode pictures or
 * `\x9b`, characters that turn the direction of writing become `\u202e`. A tab stays.
 */
export function harmless(line: string): string {
  return line.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return '\u2421';
    return code < 0x100 ? `\\x${code.toString(16)}` : `\\u${code.toString(16)}`;
  });
}
