import { shape } from '@tidegate/formats';
import { secret } from './command.ts';
import { pace } from './pace.ts';
import { path } from './path.ts';
import { duration, durationOf } from './quantity.ts';

const filled = (description: string): shape.Shape<string> => shape.text({ pattern: /\S/, wants: 'text', description });

const columns = shape.either(
  shape.map(shape.text({ pattern: /\S/, wants: 'a column' }), (name): readonly string[] => [name]),
  shape.list(shape.text({ pattern: /\S/, wants: 'a column' }), { minimum: 1 }),
  (value) => (Array.isArray(value) ? 'second' : 'first'),
);

const overlap = shape.either(
  shape.map(
    shape.text({ pattern: /^\d+(\.\d+)? ?(ms|s|m|h|d)$/, wants: 'a duration such as "10m", or a number' }),
    (text) => durationOf(text) ?? 0,
  ),
  shape.number({ minimum: 0 }),
  (value) => (typeof value === 'string' ? 'first' : 'second'),
);

const cursor = shape.either(
  shape.map(shape.text({ pattern: /\S/, wants: 'a column' }), (column) => ({ column, overlap: undefined })),
  shape.object({
    column: shape.required(filled('The column: a time, a date or a number that grows with each change of a row.')),
    overlap: shape.optional(
      shape.described(
        overlap,
        'How far before the last value it is read again, for rows that were committed late: a duration, or a number for a column of numbers. Default: 10m, or 1000.',
      ),
    ),
  }),
  (value) => (typeof value === 'string' ? 'first' : 'second'),
);

const query = {
  table: shape.optional(filled('Table or view, with or without its schema. Either this or "query".')),
  query: shape.optional(filled('A SELECT, or the path of a .sql file of the project. Either this or "table".')),
  where: shape.optional(filled('SQL condition over the rows, which the server judges. Default: every row.')),
  key: shape.optional(shape.described(columns, "Columns that name a row: one, or a list. Default: the table's primary key.")),
  cursor: shape.optional(
    shape.described(
      cursor,
      'Column by which rows that came later are found: its name, or a mapping. Default: everything is read every time.',
    ),
  ),
  every: shape.optional(
    pace('How often "tidegate up" looks for new rows, and takes them along the path. Default: 1h where a look is cheap, else never.'),
  ),
};

const url = (form: string): shape.Shape<string | { readonly secret: string }> =>
  shape.described(
    shape.either(shape.text({ pattern: /^\w+:\/\//, wants: `an address such as "${form}"` }), secret, (value) =>
      typeof value === 'object' && value !== null ? 'second' : 'first',
    ),
    `Address of the database, ${form}; a secret by its name where it holds a password.`,
  );

const server = {
  ...query,
  schema: shape.optional(filled('Schema of the table. Default: as the server finds it.')),
  connect_timeout: shape.optional(duration('Longest wait for a connection. Default: 10s.')),
  statement_timeout: shape.optional(duration('Longest time that one statement may take. Default: no limit.')),
};

/** `data.NAME.from.postgres` */
export const postgres = shape.object(
  {
    url: shape.required(url('postgres://USER@HOST/DATABASE')),
    ...server,
    replication: shape.optional(
      shape.object(
        {
          slot: shape.required(
            shape.text({
              pattern: /^[a-z0-9_]{1,63}$/,
              wants: 'a name of a-z, 0-9 and "_"',
              description: 'Replication slot: made at the first reading.',
            }),
          ),
          publication: shape.optional(
            shape.text({
              pattern: /^[a-z0-9_]{1,63}$/,
              wants: 'a name of a-z, 0-9 and "_"',
              description: 'Publication of the table. Default: as the slot.',
            }),
          ),
        },
        { description: 'Reads changes from the write-ahead log instead of the table.' },
      ),
    ),
  },
  { description: 'A table or a query of PostgreSQL.' },
);

/** `data.NAME.from.mysql` */
export const mysql = shape.object(
  { url: shape.required(url('mysql://USER@HOST/DATABASE')), ...server },
  { description: 'A table or a query of MySQL or MariaDB.' },
);

/** `data.NAME.from.sqlite` */
export const sqlite = shape.object(
  { file: shape.required(path('The database.')), ...query },
  { description: 'A table or a query of an SQLite database.' },
);
