/** Bytes that a group is to have, about: small enough that one of them is soon written, large enough that a file of it is worth it. */
const bytesPerGroup = 6 << 20;

/** What {@link rowsPerGroupOf} gives at most. A group has twice as many rows at most. */
export const mostRowsPerGroup = 2 ** 18;

/** So many rows, the first ones in their order, tell how wide rows are. They are the same whatever order the rows came in, and are known before the others. */
export const rowsToMeasure = 1 << 16;

/** How many rows a group of a new table gets, about. @param rows how many were measured @param bytes of their file, written as a group is */
export function rowsPerGroupOf({ rows, bytes }: { readonly rows: number; readonly bytes: number }): number {
  return Math.min(mostRowsPerGroup, Math.max(64, 2 ** Math.round(Math.log2(bytesPerGroup / (bytes / Math.max(rows, 1))))));
}
