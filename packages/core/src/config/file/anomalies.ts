import { shape } from '@tidegate/formats';
import { share } from './quantity.ts';

/** `data.NAME.anomalies` */
export const anomalies = shape.object(
  {
    false_alarms: shape.optional(
      share('How often a version that is as ever, all its measures together, may raise an alarm.', { fallback: 0.01, most: 0.2 }),
    ),
    severity: shape.optional(
      shape.described(
        shape.oneOf(['warning', 'error', 'off']),
        '"error": an anomaly stops what reads the dataset; "warning": it is told; "off": nothing is judged.',
        'warning',
      ),
    ),
    ignore: shape.optional(
      shape.described(shape.list(shape.text()), 'Columns, and measures such as "rows" and "dep_delay.mean", that are not judged.', []),
    ),
  },
  { description: 'What looks unusual about a version, beside those before it.' },
);
