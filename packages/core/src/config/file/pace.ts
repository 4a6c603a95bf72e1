import { shape } from '@tidegate/formats';
import { durationOf } from './quantity.ts';

/** How often something is looked at: a duration as milliseconds, or `never`. */
export function pace(description: string): shape.Shape<number | 'never'> {
  const text = shape.text({ pattern: /^(never|\d+(\.\d+)? ?(ms|s|m|h|d))$/, wants: 'a duration such as "10m" or "1h", or "never"' });
  return shape.described(
    shape.map(text, (found) => (found === 'never' ? found : (durationOf(found) ?? 0))),
    description,
  );
}
