import { stripVTControlCharacters, styleText } from 'node:util';
import { cutToWidth, displayWidth } from './display-width.ts';
import type { Output } from '../output.ts';
import type { Surroundings } from '../surroundings.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where words go. A moving last line only on a terminal; colours by {@link hasColours}, for each stream by itself. */
export interface Terminal {
  readonly interactive: boolean;
  /** Whether what is written appears on a terminal, be it a dumb one, which obeys control characters all the same. */
  readonly isScreen: boolean;
  readonly width: number;
  /** A line for the reader: to stdout, or to stderr when stdout carries JSON. */
  readonly line: (text?: string) => void;
  /** A line about trouble: to stderr. */
  readonly error: (text: string) => void;
  /** What `--json` prints: to stdout, always the only thing there. */
  readonly json: (value: unknown) => void;
  /** One of many documents of `--json`: a line each, for commands that go on. */
  readonly jsonLine: (value: unknown) => void;
  /** Bytes as they are, to stdout: for a file or a pipe, which are to get all of them and nothing else. */
  readonly pour: (chunks: AsyncIterable<Uint8Array>) => Promise<void>;
  /** Replaces the last, moving line; null removes it. Nothing where there is no terminal. */
  readonly status: (text: string | null) => void;
  /** Lines in the place of those of the last call; where there is no terminal, they follow one another. Anything else that is written stays above. */
  readonly block: (lines: readonly string[]) => void;
  /** Colours the text; a stream that takes no colours is written without them. */
  readonly style: (style: Style, text: string) => string;
}

export interface TerminalOptions extends Pick<Surroundings, 'stdout' | 'stderr' | 'variables'> {
  readonly json: boolean;
}

export function openTerminal({ stdout, stderr, variables, json }: TerminalOptions): Terminal {
  const out = json ? stderr : stdout;
  const interactive = out.isTTY === true && variables['TERM'] !== 'dumb';
  const columns = out.columns ?? 0; // 0 is a terminal that does not know
  const width = Math.min(columns > 0 ? columns : 100, 160);
  const style: Terminal['style'] = (name, text) => styleText(name, text, { validateStream: false });
  let moving = false;
  let blockLines = 0;
  const write = (stream: Output, text: string): void => {
    stream.write(hasColours(stream, variables) ? text : stripVTControlCharacters(text));
  };
  const clear = (): void => {
    if (moving) out.write('\r\x1b[2K');
    moving = false;
    blockLines = 0;
  };
  return {
    interactive,
    isScreen: out.isTTY === true,
    width,
    line: (text = '') => {
      clear();
      write(out, `${text}\n`);
    },
    error: (text) => {
      clear();
      write(stderr, `${text}\n`);
    },
    json: (value) => {
      clear();
      stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    jsonLine: (value) => {
      clear();
      stdout.write(`${JSON.stringify(value)}\n`);
    },
    pour: (chunks) => stdout.pour(chunks),
    status: (text) => {
      if (!interactive) return;
      clear();
      if (text === null) return;
      write(out, style('dim', cutToWidth(harmless(text), width - 1)));
      moving = true;
    },
    block: (lines) => {
      if (interactive && blockLines > 0) out.write(`\x1b[${blockLines}F\x1b[0J`);
      const cut = interactive ? lines.map((line) => fitted(line, width - 1)) : [...lines, ''];
      write(out, cut.map((line) => `${line}\n`).join(''));
      blockLines = cut.length;
    },
    style,
  };
}

/** A line that needs no second one on the screen; one that is too long loses its colours as well. */
function fitted(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return displayWidth(plain) <= width ? line : cutToWidth(plain, width);
}

/** Whether a stream is written in colours: as FORCE_COLOR says (0 = never), then not with NO_COLOR, else on a terminal that is not dumb. */
function hasColours(stream: Output, { FORCE_COLOR: forced, NO_COLOR: refused, TERM: kind }: Surroundings['variables']): boolean {
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return (refused ?? '') === '' && stream.isTTY === true && kind !== 'dumb';
}

/** Text from elsewhere (a step's output, a file's name) without control characters: it cannot move the cursor or recolour the screen. */
export function harmless(text: string): string {
  return text
    .replace(/\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?/g, '')
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '\ufffd');
}
