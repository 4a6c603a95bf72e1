const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Counts as a line of bars, neighbours put together until there are at most `most`. A bin with a row is never as empty as one without. */
export function sparkBars(counts: readonly number[], most = 16): string {
  const each = Math.ceil(counts.length / most);
  const bars = Array.from({ length: Math.ceil(counts.length / each) }, (_, at) =>
    counts.slice(at * each, (at + 1) * each).reduce((sum, count) => sum + count, 0),
  );
  const highest = Math.max(1, ...bars);
  return bars.map((count) => (count === 0 ? ' ' : (blocks[Math.ceil((count / highest) * blocks.length) - 1] ?? '█'))).join('');
}
