import { shape } from '@tidegate/formats';
import { path } from './path.ts';
import { durationOf } from './quantity.ts';

const column = shape.text({ pattern: /\S/, wants: 'the name of a column' });
const one = shape.map(column, (name): readonly string[] => [name]);

/** `data.NAME.table`: versions are kept row by row. */
export const table = shape.object(
  {
    key: shape.optional(
      shape.described(
        shape.either(one, shape.list(column), (value) => (Array.isArray(value) ? 'second' : 'first')),
        'The column or columns that tell every row from every other. Default: none, rows are compared as a whole.',
      ),
    ),
    folder: shape.optional(
      path('Where steps and check-outs find the rows, as Parquet files: a folder that holds nothing else. Default: "tables/NAME".'),
    ),
  },
  { description: 'Keeps versions row by row, so that a changed row costs a row: for CSV, JSON lines and Parquet files.' },
);

/** `data.NAME.partitions` */
export const partitions = shape.object(
  {
    by: shape.required(
      shape.text({
        pattern: /^(year|month|day|hour|value)\(.+\)$/,
        wants: 'year, month, day, hour or value of a column, such as "day(ts)"',
        description:
          'What divides the rows: the span of time in which a column lies, or its very value. Of files the column is that of their folders, as "day" in "day=2026-01-02".',
      }),
    ),
  },
  {
    description:
      'Divides the rows of a table, or files in folders such as "day=2026-01-02": a new partition costs itself and nothing else.',
  },
);

/** `data.NAME.keep` */
export const keptPartitions = shape.object(
  {
    partitions: shape.required(
      shape.described(
        shape.either<number, string>(
          shape.number({ minimum: 1, integer: true }),
          shape.map(shape.text(), (text, report): string => {
            if (durationOf(text) === null) report(`"${text}" must be a number of partitions, or a duration such as "90d"`);
            return text;
          }),
          (value) => (typeof value === 'number' ? 'first' : 'second'),
        ),
        'How many of the newest partitions a version has, or those of so long a time before the newest one. Default: all.',
      ),
    ),
  },
  { description: 'Which partitions a new version has; versions that are there keep theirs, and files stay where they are.' },
);
