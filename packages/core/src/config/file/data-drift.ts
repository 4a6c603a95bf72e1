import { shape } from '@tidegate/formats';
import { share } from './quantity.ts';

/** `data.NAME.drift` */
export const dataDrift = shape.object(
  {
    against: shape.optional(
      shape.text({
        description:
          'What every version is compared with: "live", the version that the live model was made from, or a version: digest, commit, branch or tag. Default: live.',
      }),
    ),
    severity: shape.optional(
      shape.described(
        shape.oneOf(['warning', 'error']),
        'Whether a column that moved, or cannot be judged, stops what depends on the dataset, or is only told.',
        'warning',
      ),
    ),
    from: shape.optional(
      shape.described(
        shape.oneOf(['rows', 'profiles']),
        'What is compared: the rows; or what the profiles of both versions tell of single columns, which reads none, and knows no windows and seasons.',
        'rows',
      ),
    ),
    by: shape.optional(
      shape.described(
        shape.oneOf(['windows', 'rows']),
        '"windows": a change counts from what spans of time of the reference differ by among themselves; "rows": from nothing, as if rows came by chance.',
        'windows',
      ),
    ),
    seasons: shape.optional(
      shape.described(
        shape.boolean(),
        'Whether rows of less than a day, a week or a year are compared with the same hours, weekdays and months only.',
        true,
      ),
    ),
    floor: shape.optional(
      share('The smallest change that matters: the share of rows that would have to be others (total variation distance).', {
        fallback: 0.1,
        most: 0.9,
      }),
    ),
    false_alarms: shape.optional(
      share('How often one version, all its columns together, may raise an alarm though nothing changed.', { fallback: 0.01, most: 0.2 }),
    ),
    ignore: shape.optional(
      shape.described(shape.list(shape.text()), 'Columns that are not looked at, for instance a counter that only grows.', []),
    ),
  },
  { description: 'Whether rows are still what they were, as evidence in every run. Default: not looked at.' },
);
