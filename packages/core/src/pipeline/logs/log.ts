import { dirname, join } from 'node:path';
import type { RunId, StepName } from '@tidegate/formats';
import { closeSync, mkdirSync, openSync, writeSync } from '../../platform/index.ts';
import type { Home } from '../../store/index.ts';

/** Where the lines go that a step printed in a run; the file is there once it printed one. */
export function stepLog(home: Home, run: RunId, step: StepName): string {
  return join(home.logs, run, `${step}.log`);
}

/** What one step printed in one run, in the order in which it came; closed by `using`. */
export interface StepLog {
  readonly path: string;
  /** Whole lines; a missing line end at the end of the text is added. */
  readonly write: (text: string) => void;
  readonly [Symbol.dispose]: () => void;
}

const headBytes = 8 << 20;
const tailBytes = 2 << 20;
/** Output is gathered up to this size or this long, so that a chatty step does not cost a system call a line and a slow one is seen at once. */
const gathered = 64 << 10;
const gatheredMs = 200;

/** Keeps the first 8 MB and the last 2 MB, and between them a line that says how much was left out. The file is made at the first line. */
export function openStepLog(path: string): StepLog {
  let file: number | null = null;
  let waiting = '';
  let written = 0;
  let timer: NodeJS.Timeout | null = null;
  let isBroken = false;
  const tail = tailOf(tailBytes);
  const append = (): void => {
    if (file === null) {
      mkdirSync(dirname(path), { recursive: true });
      file = openSync(path, 'a');
    }
    writeSync(file, waiting);
  };
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    try {
      if (waiting !== '' && !isBroken) append();
    } catch {
      isBroken = true; // a full disk must not fail a step that only wanted to say something
    }
    waiting = '';
  };
  return {
    path,
    write: (text) => {
      const lines = text.endsWith('\n') ? text : `${text}\n`;
      const bytes = Buffer.byteLength(lines);
      if (!tail.isEmpty() || written + bytes > headBytes) return tail.add(lines, bytes);
      written += bytes;
      waiting += lines;
      if (waiting.length >= gathered) flush();
      else timer ??= setTimeout(flush, gatheredMs).unref();
    },
    [Symbol.dispose]: () => {
      if (tail.leftOut() > 0) waiting += leftOutLine(tail.leftOut());
      waiting += tail.text();
      flush();
      if (file !== null) closeSync(file);
    },
  };
}

const leftOutLine = (bytes: number): string =>
  `[${bytes} bytes were left out here: Tidegate keeps the first 8 MB and the last 2 MB of a step]\n`;

/** The end of a text that is told in pieces: about so many bytes, by whole lines. */
function tailOf(most: number): {
  readonly add: (lines: string, bytes: number) => void;
  readonly isEmpty: () => boolean;
  readonly leftOut: () => number;
  readonly text: () => string;
} {
  const pieces: { readonly lines: string; readonly bytes: number }[] = [];
  let kept = 0;
  let leftOut = 0;
  return {
    add: (lines, bytes) => {
      pieces.push({ lines, bytes });
      kept += bytes;
      for (let first = pieces[0]; first !== undefined && kept - first.bytes >= most; first = pieces[0]) {
        pieces.shift();
        kept -= first.bytes;
        leftOut += first.bytes;
      }
    },
    isEmpty: () => pieces.length === 0,
    leftOut: () => leftOut,
    text: () => pieces.map(({ lines }) => lines).join(''),
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
