import { shape } from '@tidegate/formats';
import { later } from './later.ts';
import { path, patterns } from './path.ts';
import { share } from './quantity.ts';

/** `data.NAME` */
export const dataset = shape.object(
  {
    from: shape.required(
      shape.object(
        {
          files: shape.optional(patterns('CSV, Parquet or JSON files: a path or pattern, or a list of them.')),
          postgres: shape.optional(later),
        },
        { description: 'Where the data comes from.' },
      ),
    ),
    contract: shape.optional(path('The data contract (Open Data Contract Standard 3.1) that every version is checked against.')),
    time: shape.optional(shape.text({ description: 'The column with the time of the event.' })),
    push: shape.optional(
      path(
        'The folder for rows that are pushed, one Parquet file a day; a pattern of "from" must read it. Default: no rows can be pushed.',
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
