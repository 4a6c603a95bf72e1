import { durationBuckets, shape } from '@tidegate/formats';
import { duration, share } from './quantity.ts';

const dayMs = 86_400_000;

const availability = shape.described(
  shape.map(share(''), (value, report) => {
    if (value < 0.9 || value > 0.99999) report(`An availability must be between 90% and 99.999%: found ${value}`);
    return value;
  }),
  'Share of predictions that are answered without a fault of the server.',
);

/** `0.5ms` to `10s` */
const limits = new Map(durationBuckets.map((seconds) => [seconds < 1 ? `${seconds * 1000}ms` : `${seconds}s`, seconds * 1000]));

const latencyLimit = shape.described(
  shape.map(shape.oneOf([...limits.keys()]), (text) => limits.get(text) ?? 0),
  'Limit for 99 of 100 predictions: one of the bounds that the server counts at.',
);

const window = shape.described(
  shape.map(duration(''), (value, report) => {
    if (value % dayMs !== 0 || value < 28 * dayMs || value > 90 * dayMs)
      report('The window of an SLO must be "28d" to "90d", in whole days');
    return value;
  }),
  'Days over which the SLO is counted.',
  '30d',
);

/** `services.NAME.slo` */
export const slo = shape.map(
  shape.object(
    {
      availability: shape.optional(availability),
      latency: shape.optional(shape.object({ p99: shape.required(latencyLimit) }, { description: 'How fast predictions are answered.' })),
      window: shape.optional(window),
    },
    { description: 'What the service promises those who ask it.' },
  ),
  (promises, report) => {
    if (promises.availability === undefined && promises.latency === undefined)
      report('An SLO must promise something: found neither "availability" nor "latency"', 'Write "availability: 99.9%"');
    return promises;
  },
);
