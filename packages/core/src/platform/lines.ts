/** Longest line kept of a child's output; what is longer is cut into pieces of this length. */
export const maxLine = 16_384;

/**
 * Calls `onLine` for each line of a stream, without its line end. Memory is bounded: a line longer than {@link maxLine} comes
 * in pieces. Bytes that are no UTF-8 become U+FFFD.
 */
export function splitLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) inPieces(line.endsWith('\r') ? line.slice(0, -1) : line, onLine);
    for (; rest.length > maxLine; rest = rest.slice(maxLine)) onLine(rest.slice(0, maxLine));
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

function inPieces(line: string, onLine: (line: string) => void): void {
  onLine(line.slice(0, maxLine));
  for (let from = maxLine; from < line.length; from += maxLine) onLine(line.slice(from, from + maxLine));
}
