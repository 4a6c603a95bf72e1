import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where words go. Colours and a moving last line only on a terminal; `NO_COLOR` is obeyed. */
export interface Terminal {
  readonly interactive: boolean;
  readonly width: number;
  /** A line for the reader: to stdout, or to stderr when stdout carries JSON. */
  readonly line: (text?: string) => void;
  /** A line about trouble: to stderr. */
  readonly error: (text: string) => void;
  /** What `--json` prints: to stdout, always the only thing there. */
  readonly json: (value: unknown) => void;
  /** Replaces the last, moving line; null removes it. Nothing where there is no terminal. */
  readonly status: (text: string | null) => void;
  readonly style: (style: Style, text: string) => string;
}

export function processTerminal(options: { readonly json: boolean }): Terminal {
  const out = options.json ? process.stderr : process.stdout;
  const interactive = out.isTTY === true && process.env['TERM'] !== 'dumb';
  const colours = interactive && (process.env['NO_COLOR'] ?? '') === '';
  const width = Math.min(out.columns ?? 100, 160);
  let moving = false;
  const clear = (): void => {
    if (moving) out.write('\r\x1b[2K');
    moving = false;
  };
  return {
    interactive,
    width,
    line: (text = '') => {
      clear();
      out.write(`${text}\n`);
    },
    error: (text) => {
      clear();
      process.stderr.write(`${text}\n`);
    },
    json: (value) => {
      clear();
      process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    status: (text) => {
      if (!interactive) return;
      clear();
      if (text === null) return;
      out.write(harmless(text).slice(0, width - 1));
      moving = true;
    },
    style: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
  };
}

/** Text from elsewhere (a step's output, a file's name) without control characters: it cannot move the cursor or recolour the screen. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text
    .replace(/\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?/g, '')
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '\ufffd');
}
