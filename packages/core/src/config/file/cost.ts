import { shape } from '@tidegate/formats';
import type { CostLimit } from '../cost-limits.ts';
import { durationOf, sizeOf } from './quantity.ts';

const units = {
  duration: { of: durationOf, example: '20ms', pattern: '\\d+(\\.\\d+)? ?(ms|s|m|h|d)' },
  size: { of: sizeOf, example: '500MB', pattern: '\\d+(\\.\\d+)? ?(B|kB|MB|GB|KiB|MiB|GiB)' },
} as const;

const timesForm = /^(\d+(?:\.\d+)?) ?x$/;

/** A limit on what serving costs: an amount (`20ms`), so many times what the champion has (`1.2x`), or a list of both. */
export function costLimit(unit: keyof typeof units, description: string): shape.Shape<CostLimit> {
  const { of, example, pattern } = units[unit];
  const one = shape.map(
    shape.text({
      pattern: new RegExp(`^(${pattern}|\\d+(\\.\\d+)? ?x)$`),
      wants: `an amount such as "${example}", or a multiple of the champion's such as "1.2x"`,
    }),
    (text, report): CostLimit => {
      const times = timesForm.exec(text)?.[1];
      const value = times === undefined ? (of(text) ?? 0) : Number(times);
      if (value === 0) report(`A limit of "${text}" can never be kept`, `Write an amount such as "${example}"`);
      return times === undefined ? { most: value, times: null } : { most: null, times: value };
    },
  );
  const both = shape.map(shape.list(one, { minimum: 1 }), (limits, report): CostLimit => {
    const amounts = limits.flatMap(({ most }) => most ?? []);
    const multiples = limits.flatMap(({ times }) => times ?? []);
    if (amounts.length > 1 || multiples.length > 1)
      report('There may be one amount and one multiple', `Write them as in "[${example}, 1.2x]"`);
    return { most: amounts[0] ?? null, times: multiples[0] ?? null };
  });
  return shape.described(
    shape.either(one, both, (value) => (Array.isArray(value) ? 'second' : 'first')),
    `${description} An amount, a multiple of the champion's ("1.2x"), or both in a list.`,
  );
}

const latencyFields = shape.object(
  {
    p50: shape.optional(costLimit('duration', 'Limit at the median.')),
    p99: shape.optional(costLimit('duration', 'Limit at the 99th percentile.')),
    batch: shape.optional(
      shape.described(
        shape.number({ integer: true, minimum: 1, maximum: 10_000 }),
        'Rows of a request; those of the API test are repeated. Default: as the API test has them.',
      ),
    ),
    requests: shape.optional(
      shape.described(
        shape.number({ integer: true, minimum: 1, maximum: 1_000_000 }),
        'Requests to measure by. Default: about 1,000, fewer when they take long.',
      ),
    ),
  },
  { description: 'How fast the started release must answer.' },
);

/** `models.NAME.gate.latency` */
export const latency = shape.map(latencyFields, (given, report) => {
  if (given.p50 === undefined && given.p99 === undefined) report('"latency" limits nothing', 'Add "p99: 20ms"');
  return given;
});

export const starts = shape.described(
  shape.number({ integer: true, minimum: 1, maximum: 100 }),
  'How often the server is started to judge cold start and memory. Default: as often as a bound at this confidence needs, 5 at 0.95.',
);
