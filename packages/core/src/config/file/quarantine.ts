import { shape } from '@tidegate/formats';

const whole = shape.object(
  {
    checks: shape.optional(
      shape.described(
        shape.list(shape.text(), { minimum: 1 }),
        'Names of checks of rows, such as "distance.maximum". Default: every check of rows that fails as an error.',
      ),
    ),
    leave_out: shape.optional(
      shape.described(
        shape.boolean(),
        'Whether the version is made without these rows. Default: it has them too, so that its checks fail.',
      ),
    ),
  },
  { description: 'Keeps rows that break checks as a dataset of their own, "NAME.quarantine".' },
);

/** `data.NAME.quarantine`: `true`, or which checks, and whether the version goes on without the rows. */
export const quarantine = shape.described(
  shape.either(whole, shape.boolean(), (value) => (typeof value === 'boolean' ? 'second' : 'first')),
  'Keeps rows that break checks as a dataset of their own, "NAME.quarantine". Default: no.',
);
