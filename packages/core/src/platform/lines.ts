import { StringDecoder } from 'node:string_decoder';

/** Longest line kept of a child's output; what is longer is cut into pieces of this length. */
export const maxLine = 16_384;

/** Takes bytes as they come and gives text on. */
export interface TextReader {
  readonly take: (chunk: Buffer) => void;
  /** Nothing more comes: gives on the last line, if it has no end. */
  readonly end: () => void;
}

/**
 * Gives on bytes as text of whole lines, each with `\n` at its end, as many at once as there are: the work is one of chunks and not of lines.
 * Memory is bounded: a line longer than {@link maxLine} may come in pieces. Bytes that are no UTF-8 become U+FFFD.
 */
export function textReader(onText: (text: string) => void): TextReader {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const give = (text: string): void => onText(text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text);
  const take = (decoded: string): void => {
    const end = decoded.lastIndexOf('\n') + 1;
    if (end > 0) give(rest + decoded.slice(0, end));
    rest = end > 0 ? decoded.slice(end) : rest + decoded;
    for (; rest.length > maxLine; rest = rest.slice(maxLine)) give(`${rest.slice(0, maxLine)}\n`);
  };
  return {
    take: (chunk) => take(decoder.write(chunk)),
    end: () => {
      take(decoder.end());
      if (rest !== '') give(`${rest}\n`);
      rest = '';
    },
  };
}

/** Calls `onLine` for each line of a text of whole lines, without its line end; a longer one than {@link maxLine} in pieces. */
export function eachLine(text: string, onLine: (line: string) => void): void {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) {
    onLine(line.slice(0, maxLine));
    for (let from = maxLine; from < line.length; from += maxLine) onLine(line.slice(from, from + maxLine));
  }
}

/** Calls `onLine` for each line of a stream, as {@link eachLine} does. */
export function splitLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  const reader = textReader((text) => eachLine(text, onLine));
  stream.on('data', reader.take);
  stream.on('end', reader.end);
}
