import { shape } from '@tidegate/formats';
import type { Condition } from '../condition/condition.ts';
import { parseCondition } from '../condition/parse-condition.ts';
import { nameRule } from './path.ts';
import { duration, size } from './quantity.ts';

export const memory = size('Memory it needs; it waits until so much is left over by the others. Default: none is set aside.');

export const gpus = shape.described(
  shape.number({ integer: true, minimum: 1, maximum: 1024 }),
  'GPUs that are its own while it runs; CUDA_VISIBLE_DEVICES names them. Default: none is set aside.',
);

const amount = shape.number({ integer: true, minimum: 1, maximum: 1_000_000 });

export const poolsOfStep: shape.Shape<{ readonly [pool: string]: number }> = shape.described(
  shape.record(amount, nameRule),
  'How much it takes of pools, by name, while it runs.',
  {},
);

/** Top level `pools` */
export const pools: shape.Shape<{ readonly [pool: string]: number }> = shape.described(
  shape.record(amount, nameRule),
  'How much there is of things that steps share, by names of your own: licences, connections.',
  {},
);

export interface RetriesText {
  readonly times: number;
  readonly on?: readonly (number | 'timeout' | 'signal')[] | undefined;
  readonly wait?: number | undefined;
  readonly most?: number | undefined;
}

const times = shape.number({ integer: true, minimum: 0, maximum: 100 });
const ends = shape.list(
  shape.either(shape.number({ integer: true, minimum: 1, maximum: 255 }), shape.oneOf(['timeout', 'signal']), (value) =>
    typeof value === 'number' ? 'first' : 'second',
  ),
  { minimum: 1 },
);

export const retries: shape.Shape<RetriesText> = shape.described(
  shape.either(
    shape.map(times, (count): RetriesText => ({ times: count })),
    shape.object({
      times: shape.required(shape.described(times, 'How often at most, after the first try.')),
      on: shape.optional(
        shape.described(ends, 'After which ends of the command: exit codes, "timeout", "signal" (it was killed). Default: any of them.'),
      ),
      wait: shape.optional(duration('Before the first retry; twice as long before each further one. Default 1s.')),
      most: shape.optional(duration('Longest wait. Default 1m.')),
    }),
    (value) => (typeof value === 'number' ? 'first' : 'second'),
  ),
  'How often it is tried again when its command fails, or that with when and how long after. Mistakes of configuration are never tried again.',
  0,
);

export const condition: shape.Shape<Condition> = shape.described(
  shape.map(shape.text({ pattern: /\S/, wants: 'a condition' }), (text, report): Condition => {
    const parsed = parseCondition(text);
    if (parsed.ok) return parsed.value;
    report(parsed.failure.message, parsed.failure.hint);
    return { text, test: 'always' };
  }),
  'When it runs: "data.flights.rows > 1000 and models.delay.verdict == pass", or "always": also when something before it failed. Otherwise it is skipped.',
);
