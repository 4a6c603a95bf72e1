import { shape } from '@tidegate/formats';
import { path } from './path.ts';

const day = shape.map(shape.text({ pattern: /^\d{4}-\d{2}-\d{2}$/, wants: 'a day such as "2026-12-31"' }), (text, report) => {
  const time = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) report(`"${text}" must be a day of the calendar`);
  return text;
});

const filled = { pattern: /\S/, wants: 'a text' } as const;

const quarantined = shape.object({
  test: shape.required(shape.text({ ...filled, description: 'Name of the test as reports have it; "*" stands for any characters.' })),
  owner: shape.required(shape.text({ ...filled, description: 'Who is to mend it.' })),
  until: shape.required(shape.described(day, 'The last day on which it does not count, UTC.')),
  why: shape.optional(shape.text({ description: 'The reason, for people.' })),
});

/** What `tests.NAME` has for a command beyond running it. */
export const unitSuite = {
  report: shape.optional(
    path('JUnit XML file that the command writes: its cases are told one by one. Default: none; pytest is asked for its own.'),
  ),
  coverage: shape.optional(path('Coverage file that the command writes (Cobertura XML or LCOV): kept, and its share of lines told.')),
  reruns: shape.optional(
    shape.described(
      shape.number({ integer: true, minimum: 0, maximum: 20 }),
      'How often a suite that fails is run again, to find tests that fail and pass on the same. Such a suite is inconclusive, not passed.',
      0,
    ),
  ),
  select: shape.optional(
    shape.described(
      shape.oneOf(['all', 'affected']),
      'Which tests of pytest are run: "all", or only those that are "affected" by what changed since an earlier run, whose outcomes stand for the others.',
      'all',
    ),
  ),
  quarantine: shape.optional(
    shape.described(shape.list(quarantined), 'Tests that do not count for a while: each under an owner, until a day.', []),
  ),
} as const;
