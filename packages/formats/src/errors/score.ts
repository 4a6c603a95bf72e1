import type { ErrorEntry } from './entry.ts';

/** Codes of `scoring`. A code is never reused: a retired one stays with `retired: true`. */
export const scoreErrors = {
  'TG-SCORE-FORMAT': {
    title: 'Format of a file to score',
    cause: 'The name of the input, the output or the quarantine ends in neither `.parquet` nor `.csv`.',
    fix: 'Give the file a name that ends in one of the two.',
    exit: 2,
  },
  'TG-SCORE-INPUT': {
    title: 'Rows to score cannot be read',
    cause: 'The input is not there, is not what its name says, or changed while it was read.',
    fix: 'Give a Parquet or CSV file that nobody writes to meanwhile.',
    exit: 1,
  },
  'TG-SCORE-COLUMN': {
    title: 'Columns of the rows do not fit',
    cause:
      'The input lacks a field or an entity key of the service, has a column that the output would have twice, or one for the moment that is no time.',
    fix: 'Rename the column that the message names, or add it.',
    exit: 2,
  },
  'TG-SCORE-CSV': {
    title: 'Line of a CSV file is no row',
    cause:
      'The line has more or fewer cells than the header, a quote that is not closed or has text behind it, or bytes that are not UTF-8.',
    fix: 'Correct the line; the others are scored.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorEntry>;
