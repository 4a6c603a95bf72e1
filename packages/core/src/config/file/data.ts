import { shape } from '@tidegate/formats';
import { anomalies } from './anomalies.ts';
import { mysql, postgres, sqlite } from './databases.ts';
import { dataDrift } from './data-drift.ts';
import { path, patterns } from './path.ts';
import { bucketSource, httpSource } from './places.ts';
import { share } from './quantity.ts';
import { quarantine } from './quarantine.ts';
import { keptPartitions, partitions, table } from './tables.ts';

/** `data.NAME` */
export const dataset = shape.object(
  {
    from: shape.required(
      shape.object(
        {
          files: shape.optional(patterns('CSV, Parquet or JSON files: a path or pattern, or a list of them.')),
          postgres: shape.optional(postgres),
          mysql: shape.optional(mysql),
          sqlite: shape.optional(sqlite),
          s3: shape.optional(bucketSource),
          http: shape.optional(httpSource),
        },
        { description: 'Where the data comes from.' },
      ),
    ),
    contract: shape.optional(path('The data contract (Open Data Contract Standard 3.1) that every version is checked against.')),
    consumers: shape.optional(
      patterns(
        'Data contracts of those who consume the dataset, which every version must keep as well: a path or pattern, or a list of them.',
      ),
    ),
    table: shape.optional(table),
    partitions: shape.optional(partitions),
    keep: shape.optional(keptPartitions),
    format: shape.optional(
      shape.described(
        shape.oneOf(['files']),
        'Files of any kind, kept as they are and not read as rows. Default: when no file has an extension of a table.',
      ),
    ),
    time: shape.optional(shape.text({ description: 'The column with the time of the event.' })),
    push: shape.optional(
      path(
        'The folder for rows that are pushed, one Parquet file a day; a pattern of "from" must read it. Default: no rows can be pushed.',
      ),
    ),
    drift: shape.optional(dataDrift),
    quarantine: shape.optional(quarantine),
    anomalies: shape.optional(anomalies),
    split: shape.optional(
      shape.object(
        {
          by: shape.optional(
            shape.described(shape.list(shape.text(), { minimum: 1 }), 'Columns whose values stay together on one side: a user, a machine.'),
          ),
          from: shape.optional(
            shape.text({
              pattern: /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?$/,
              wants: 'a day or a moment, such as "2024-01-01"',
              description: 'Rows whose "time" is this moment or later are held out, and no others.',
            }),
          ),
        },
        { description: 'How rows are held out. Default: by a hash of the whole row.' },
      ),
    ),
    holdout: shape.optional(
      share(
        'The share of rows, chosen by a hash of their content, that steps do not see. Default: 20% when a model is evaluated on the dataset.',
        {
          most: 0.9,
        },
      ),
    ),
  },
  { description: 'Named data.' },
);
