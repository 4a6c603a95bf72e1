import type { Engine } from '@tidegate/runtime';
import { isBetweenSql, isCutSql, partitionStarts, placesWhere, type SortedRows } from '../rows/sort-rows.ts';
import { groupCuts, groupLengths } from './group-cuts.ts';

/** Rows of one group to be: places from `start` up to, but not including, `end`. */
export interface GroupRange {
  readonly start: number;
  readonly end: number;
  readonly from: readonly string[];
}

/**
 * Divides sorted rows into groups. Groups of the version before go on where they began, so that what did not change is cut alike. One that is longer than
 * two groups is cut where a hash of the key says so, and at the latest after two groups, so that the same rows are cut alike anywhere.
 */
export async function cutGroups(
  engine: Engine,
  sorted: SortedRows,
  { rowsPerGroup, isPartitioned }: { readonly rowsPerGroup: number; readonly isPartitioned: boolean },
): Promise<readonly GroupRange[]> {
  const starts = await partitionStarts(engine, sorted, isPartitioned);
  const ranges: GroupRange[] = [];
  for (const [at, start] of starts.entries()) {
    const end = starts[at + 1] ?? sorted.length;
    for (const range of await rangesOf(engine, sorted, { start, end }))
      ranges.push(...(await shortRanges(engine, sorted, { ...range, rowsPerGroup })));
  }
  return ranges;
}

/** Where former groups begin that have rows among the sorted ones. */
export async function groupsWithRows(
  engine: Engine,
  sorted: SortedRows,
  { isPartitioned }: { readonly isPartitioned: boolean },
): Promise<readonly (readonly string[])[]> {
  const marked = new Set(sorted.markers.map(({ from }) => JSON.stringify(from)));
  const starts = await partitionStarts(engine, sorted, isPartitioned);
  const found: (readonly string[])[] = [];
  for (const [at, start] of starts.entries())
    for (const { from } of await rangesOf(engine, sorted, { start, end: starts[at + 1] ?? sorted.length }))
      if (marked.has(JSON.stringify(from))) found.push(from);
  return found;
}

/** A partition by its markers; what comes before the first one belongs to its group. */
async function rangesOf(
  engine: Engine,
  sorted: SortedRows,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<readonly GroupRange[]> {
  const inside = sorted.markers.filter(({ at }) => at >= start && at < end);
  if (end - start === inside.length) return []; // markers of rows that are gone
  if (inside.length === 0) {
    const [first] = await placesWhere(engine, sorted, isBetweenSql(start, start + 1));
    return first === undefined ? [] : [{ start, end, from: first.from }];
  }
  const ranges = inside.map(({ at, from }, index) => ({ start: index === 0 ? start : at, end: inside[index + 1]?.at ?? end, from }));
  return ranges.filter((range) => range.end - range.start > 1); // the marker is one of the places
}

async function shortRanges(
  engine: Engine,
  sorted: SortedRows,
  { start, end, from, rowsPerGroup }: GroupRange & { readonly rowsPerGroup: number },
): Promise<readonly GroupRange[]> {
  const rows = end - start - sorted.markers.filter(({ at }) => at >= start && at < end).length;
  const { least, most } = groupLengths(rowsPerGroup);
  if (rows <= most) return [{ start, end, from }];
  const candidates = await placesWhere(engine, sorted, `${isBetweenSql(start + 1, end)} AND ${isCutSql(sorted.terms, least)}`);
  const chosen = groupCuts(start, rowsPerGroup).take(candidates, end);
  const forced = chosen.flatMap((cut) => (typeof cut === 'number' ? [cut] : []));
  const named = forced.length === 0 ? [] : await placesWhere(engine, sorted, `file_row_number IN (${forced.join(', ')})`);
  const places = new Map(named.map((place) => [place.at, place]));
  const cuts = chosen.flatMap((cut) => (typeof cut === 'number' ? (places.get(cut) ?? []) : [cut]));
  return [{ at: start, from }, ...cuts].map((cut, at) => ({ start: cut.at, end: cuts[at]?.at ?? end, from: cut.from }));
}
