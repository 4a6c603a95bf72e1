import { type LogicalType, shape } from '@tidegate/formats';
import type { TypeOptions } from './data-contract.ts';

const { boolean, list, map, number, object, oneOf, optional, text } = shape;

const length = number({ integer: true, minimum: 0 });

const ofString = object({ minLength: optional(length), maxLength: optional(length), pattern: optional(text()), format: optional(text()) });

const numeric = {
  minimum: optional(number()),
  maximum: optional(number()),
  exclusiveMinimum: optional(number()),
  exclusiveMaximum: optional(number()),
  multipleOf: optional(
    map(number(), (value, report) => {
      if (value <= 0) report(`"multipleOf" must be above 0: found ${value}`);
      return value;
    }),
  ),
};
const ofInteger = object({ ...numeric, format: optional(oneOf(['i8', 'i16', 'i32', 'i64', 'i128', 'u8', 'u16', 'u32', 'u64', 'u128'])) });
const ofNumber = object({ ...numeric, format: optional(oneOf(['f32', 'f64'])) });

/** ISO 8601 moments; one without an offset is in UTC. */
const moments = {
  date: { form: /^\d{4}-\d{2}-\d{2}$/, wants: 'a date such as "2013-01-31"' },
  timestamp: {
    form: /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/,
    wants: 'a time such as "2013-01-31T10:00:00Z"',
  },
  time: { form: /^\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/, wants: 'a time of day such as "10:00:00"' },
};

function momentBounds(type: keyof typeof moments): {
  readonly [K in 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum']: shape.Field<string, false>;
} {
  const { form, wants } = moments[type];
  const bound = optional(
    map(text({ pattern: form, wants }), (value, report) => {
      const day = type === 'time' ? `1970-01-01T${value}Z` : value;
      if (Number.isNaN(Date.parse(day))) report(`The bound must be ${wants}: found "${value}"`);
      return value;
    }),
  );
  return { minimum: bound, maximum: bound, exclusiveMinimum: bound, exclusiveMaximum: bound };
}

const zones = { timezone: optional(boolean()), defaultTimezone: optional(text()) };
const shapes: Readonly<Record<LogicalType, shape.Shape<TypeOptions>>> = {
  string: ofString,
  integer: ofInteger,
  number: ofNumber,
  boolean: object({}),
  date: object({ ...momentBounds('date'), format: optional(text()) }),
  timestamp: object({ ...momentBounds('timestamp'), ...zones, format: optional(text()) }),
  time: object({ ...momentBounds('time'), ...zones, format: optional(text()) }),
  object: map(object({ maxProperties: optional(length), minProperties: optional(length), required: optional(list(text())) }), () => ({})),
  array: object({ maxItems: optional(length), minItems: optional(length), uniqueItems: optional(boolean()) }),
};

/** `logicalTypeOptions` of a property, checked by its logical type; problems are added to the list. */
export function parseTypeOptions(
  value: unknown,
  { type, path, problems }: { readonly type: LogicalType | null; readonly path: shape.Path; readonly problems: shape.Problem[] },
): TypeOptions {
  if (value === undefined) return {};
  if (type === null) {
    problems.push({
      path,
      at: 'name',
      message: 'Cannot use "logicalTypeOptions": the property has no "logicalType"',
      hint: 'Add "logicalType:"',
    });
    return {};
  }
  return shapes[type].check(value, path, problems) ?? {};
}
