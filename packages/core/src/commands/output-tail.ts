import { eachLine } from '../platform/index.ts';
import type { Masking } from '../pipeline/index.ts';

/** Of the output, what is kept for messages. */
const mostLength = 65_536;
const mostLines = 80;

/** The end of what both streams printed together, as it came, without secrets. */
export interface OutputTail {
  /** One or more whole lines. */
  readonly add: (stream: 'stdout' | 'stderr', text: string) => void;
  /** For when nothing comes any more. */
  readonly lines: () => readonly string[];
}

export function outputTail(masking: Masking | undefined): OutputTail {
  let kept = '';
  const keep = (text: string): void => {
    kept = (kept + text).slice(-mostLength);
  };
  if (masking === undefined) return { add: (_, text) => keep(text), lines: () => lastLines(kept) };
  const masks = { stdout: masking.output(), stderr: masking.output() };
  return {
    add: (stream, text) => keep(masks[stream].push(text)),
    lines: () => {
      for (const mask of [masks.stdout, masks.stderr]) keep(mask.flush());
      return lastLines(kept);
    },
  };
}

function lastLines(text: string): readonly string[] {
  const lines: string[] = [];
  eachLine(text, (line) => lines.push(line));
  return lines.slice(-mostLines);
}
