/** A text: how many lines came and went, and the first place where. */
export interface LinesChanged {
  readonly kind: 'lines';
  readonly added: number;
  readonly removed: number;
  readonly first: Hunk;
}

/** Lines that follow one another and changed; long ones and long runs of them are cut. */
export interface Hunk {
  /** Where it begins in the later text, from 1. */
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Null when the lines are the same: only their ends differ. */
export function lineChange(before: string, after: string): LinesChanged | null {
  const [olds, news] = [linesOf(before), linesOf(after)];
  const start = commonStart(olds, news);
  const end = commonStart(olds.slice(start).toReversed(), news.slice(start).toReversed());
  const [was, is] = [olds.slice(start, olds.length - end), news.slice(start, news.length - end)];
  if (was.length + is.length === 0) return null;
  const kept = commonLines(was, is);
  const [oldEnd, newEnd] = kept[0] ?? [was.length, is.length];
  return {
    kind: 'lines',
    added: is.length - kept.length,
    removed: was.length - kept.length,
    first: { line: start + 1, removed: cut(was.slice(0, oldEnd)), added: cut(is.slice(0, newEnd)) },
  };
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function commonStart(one: readonly string[], other: readonly string[]): number {
  const shorter = Math.min(one.length, other.length);
  for (let index = 0; index < shorter; index++) if (one[index] !== other[index]) return index;
  return shorter;
}

/** Above this product of lengths nothing is taken for kept: a text that changed so much is told by its size. */
const mostCells = 4_000_000;

/** Pairs of places of lines that stay, in order: a longest common subsequence. */
function commonLines(was: readonly string[], is: readonly string[]): readonly (readonly [number, number])[] {
  const width = is.length + 1;
  if ((was.length + 1) * width > mostCells) return [];
  const longest = new Uint16Array((was.length + 1) * width); // from each pair of places to the end
  for (let old = was.length - 1; old >= 0; old--)
    for (let now = is.length - 1; now >= 0; now--)
      longest[old * width + now] =
        was[old] === is[now]
          ? 1 + (longest[(old + 1) * width + now + 1] ?? 0)
          : Math.max(longest[(old + 1) * width + now] ?? 0, longest[old * width + now + 1] ?? 0);
  const pairs: (readonly [number, number])[] = [];
  for (let old = 0, now = 0; old < was.length && now < is.length;)
    if (was[old] === is[now]) pairs.push([old++, now++]);
    else if ((longest[(old + 1) * width + now] ?? 0) >= (longest[old * width + now + 1] ?? 0)) old++;
    else now++;
  return pairs;
}

const mostLines = 6;
const longestLine = 160;

function cut(lines: readonly string[]): readonly string[] {
  return lines.slice(0, mostLines).map((line) => (line.length > longestLine ? `${line.slice(0, longestLine - 1)}…` : line));
}
