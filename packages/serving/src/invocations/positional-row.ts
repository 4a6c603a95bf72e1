import { failure } from '@tidegate/formats';
import type { JsonMembers } from '../http/json-body.ts';

/**
 * A row from its values alone, which stand in the order of the fields.
 *
 * @param place of the row, for the message: `row 3` @throws TG-SERVING-SHAPE when they are more or fewer
 */
export function positionalRow(values: readonly unknown[], names: readonly string[], place: string): JsonMembers {
  if (values.length === names.length) return Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
  const list = names.slice(0, 20).join(', ');
  throw failure(
    'TG-SERVING-SHAPE',
    `Cannot use ${place}: it has ${values.length} values, the service has ${names.length} fields`,
    `Send a value for each of, in this order: ${list}${names.length > 20 ? ', …' : ''}`,
  );
}
