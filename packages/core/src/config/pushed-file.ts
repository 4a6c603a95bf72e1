/** Name of the file with the rows that were pushed on a day (`2013-10-01`, UTC). */
export function pushedFile(day: string): string {
  return `pushed-${day}.parquet`;
}
