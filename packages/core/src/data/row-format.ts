/** Formats that rows are written in. */
export const rowFormats = ['parquet', 'csv', 'jsonl'] as const;
export type RowFormat = (typeof rowFormats)[number];

/** How the engine writes each of them; a text in CSV is in quotes where it is empty, and NULL is nothing at all. */
export const copyOptions: Readonly<Record<RowFormat, string>> = {
  parquet: 'FORMAT parquet, COMPRESSION zstd',
  csv: 'FORMAT csv, HEADER',
  jsonl: 'FORMAT json',
};
