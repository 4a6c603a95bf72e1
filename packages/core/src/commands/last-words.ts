const tracebackStart = 'Traceback (most recent call last):';
const mostLines = 25;

/** What to show of a failed command's output: the last traceback of Python where there is one, else the last lines. */
export function lastWords(tail: readonly string[]): readonly string[] {
  const start = tail.lastIndexOf(tracebackStart);
  const lines = (start < 0 ? tail : tail.slice(start)).filter(
    (line, index, all) => line.trim() !== '' || (index > 0 && index < all.length - 1),
  );
  if (lines.length <= mostLines) return lines;
  return start < 0 ? lines.slice(-mostLines) : [tracebackStart, '  …', ...lines.slice(-(mostLines - 2))];
}
