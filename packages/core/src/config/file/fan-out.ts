import { shape } from '@tidegate/formats';
import { datasetsOnly } from './datasets-only.ts';
import { share } from './quantity.ts';

/** A value of an item: a text, a number, or true or false. */
export type ItemValue = string | number | boolean;

export const itemValue: shape.Shape<ItemValue> = {
  schema: { type: ['string', 'number', 'boolean'] },
  check: (found, path, problems) => {
    if (typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean') return found;
    const message = `"${path.join('.')}" must be a text, a number, or true or false: found ${shape.describe(found)}`;
    problems.push({ path, at: 'value', message, hint: null });
    return undefined;
  },
};

const valueName = { name: /^[A-Za-z_][A-Za-z0-9_]{0,62}$/, wants: 'letters, digits and "_", with no digit first' } as const;

const each = shape.described(
  shape.list(
    shape.either(itemValue, shape.record(itemValue, valueName), (found) => (typeof found === 'object' ? 'second' : 'first')),
    { minimum: 1 },
  ),
  'Runs it for each of these: values, put where "{item}" stands, or mappings, whose names are put where they stand in braces.',
);

const grid = shape.described(
  shape.record(shape.list(itemValue, { minimum: 1 }), valueName),
  'Runs it for every combination of these values, put where "{NAME}" stands.',
);

const partitions = datasetsOnly(
  shape.text({
    pattern: /^data\.[A-Za-z0-9][\w-]*$/,
    wants: 'a dataset, such as "data.flights"',
    description: 'Runs it for each file of this dataset: "{file}" is its path, "{partition}" its name.',
  }),
  'rows that were put aside are one file, and have no partitions',
  'Name them under "in:" of a step without "for:", or run it for the partitions of the dataset itself',
);

const perMs = { s: 1_000, min: 60_000, h: 3_600_000 } as const;

const rate = shape.described(
  shape.map(shape.text({ pattern: /^[1-9]\d{0,5} ?\/ ?(s|min|h)$/, wants: 'a rate such as "10/min"' }), (text) => {
    const [count = '', unit = ''] = text.split('/').map((part) => part.trim());
    return { count: Number(count), perMs: unit === 's' ? perMs.s : unit === 'min' ? perMs.min : perMs.h };
  }),
  'How many items may start in a second, a minute or an hour ("10/min"). Default: any number.',
);

const allowFailures = shape.described(
  shape.either(
    shape.map(share('Share of items.'), (part) => ({ kind: 'share', value: part }) as const),
    shape.map(shape.number({ integer: true, minimum: 0, maximum: 1_000_000 }), (count) => ({ kind: 'count', value: count }) as const),
    (found) => (typeof found === 'string' ? 'first' : 'second'),
  ),
  'How many items may fail, as a number or a share ("5%"): those that are done are collected all the same.',
  0,
);

const best = shape.object(
  {
    metric: shape.required(
      shape.text({
        pattern: /^[A-Za-z0-9][\w-]*#[^#\s]+$/,
        wants: 'an output and a member of its JSON, such as "report#auc"',
        description: 'An output of the items that is JSON and the member of it that decides: "report#auc", "report#test.rmse".',
      }),
    ),
    direction: shape.required(shape.described(shape.oneOf(['max', 'min']), 'Whether the largest or the smallest is the best.')),
  },
  { description: 'The best item by a metric: its outputs are outputs of the step as well, as "best-NAME".' },
);

/** `steps.NAME.for` */
export const fanOut = shape.object(
  {
    each: shape.optional(each),
    grid: shape.optional(grid),
    partitions: shape.optional(partitions),
    at_once: shape.optional(
      shape.described(
        shape.number({ integer: true, minimum: 1, maximum: 100_000 }),
        'How many items run at once. Default: as many as there is room for.',
      ),
    ),
    rate: shape.optional(rate),
    allow_failures: shape.optional(allowFailures),
    best: shape.optional(best),
  },
  { description: 'Runs the step once for each item of a list, a grid of parameters or the files of a dataset, as one unit.' },
);

/** Names of outputs that every fan-out has of its own. */
export const ownOutputs = { items: 'items', best: 'best-' } as const;
