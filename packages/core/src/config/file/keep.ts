import { shape } from '@tidegate/formats';

/** What `tidegate store gc` leaves of a project's history, and whether it happens by itself. */
export const keep = shape.object(
  {
    runs: shape.optional(
      shape.described(
        shape.number({ minimum: 1, integer: true }),
        'The newest runs, and of each environment and monitor the newest lines, are kept however old they are.',
        50,
      ),
    ),
    collect: shape.optional(
      shape.described(
        shape.boolean(),
        'Whether `tidegate up` collects garbage and reads a part of the store again once a day, while nothing else is under way.',
        true,
      ),
    ),
    days: shape.optional(shape.described(shape.number({ minimum: 0 }), 'What began within so many days is kept however much it is.', 30)),
  },
  { description: 'What garbage collection leaves of the history. What is live, pinned or in a lock file is kept in any case.' },
);
