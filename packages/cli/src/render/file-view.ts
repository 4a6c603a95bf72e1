import type { DescribedFile } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { bytes, whole } from './figures.ts';
import { table } from './table.ts';
import { counted } from './words.ts';

/** What the footer of a Parquet file says, and how much had to be fetched to know it. */
export function fileLines({ path, digest, bytes: size, fetched, rows, rowGroups, columns }: DescribedFile): readonly string[] {
  return [
    `${path} ${shortDigest(digest)}: ${counted(rows, 'row')} in ${counted(rowGroups, 'row group')}, ${bytes(size)}${fetched === 0 ? '' : `, of which ${bytes(fetched)} were fetched`}`,
    ...table(
      columns.map(({ name, type, nulls, min, max, bytes: own }) => [
        name,
        type,
        min === null || max === null ? '' : `${min} to ${max}`,
        nulls === null ? '' : `${whole(nulls)} null`,
        bytes(own),
      ]),
      { right: [3, 4], indent: '  ' },
    ),
  ];
}
