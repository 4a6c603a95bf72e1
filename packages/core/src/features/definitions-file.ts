import { nameForm, shape } from '@tidegate/formats';
import { duration } from '../config/index.ts';
import type { Split } from './definitions.ts';

/** Views become part of column names, which every tool must be able to write without quotes. */
const viewName = { name: /^[A-Za-z][A-Za-z0-9_]{0,40}$/, wants: 'letters, digits and "_", with a letter first, 41 at most' } as const;
const serviceName = { name: nameForm, wants: 'letters, digits, "_" and "-", 63 at most, with a letter or digit first' } as const;

const column = shape.text({ pattern: /\S/, wants: 'the name of a column' });
const sqlFile = shape.text({ pattern: /^[^/\\][^\\]*\.sql$/, wants: 'the path of an SQL file in this folder, such as "weather.sql"' });

const ttl = shape.map(duration('How old a value may be at the time of a row. Default: any age.'), (ms, report) => {
  if (ms === 0) report('A time to live must be longer than nothing', 'Leave "ttl" out for values that never expire');
  return ms;
});

const lookback = duration(
  'How far back, in the event time of the datasets, rows have a say in what a new row of the view is. Default: all of them, so that a refresh computes everything.',
);

const view = shape.object({
  entity: shape.optional(shape.text({ description: 'Whose features these are. Default: everybody shares them.' })),
  sql: shape.required(sqlFile),
  time: shape.required(column),
  known: shape.optional(column),
  ttl: shape.optional(ttl),
  lookback: shape.optional(lookback),
  features: shape.optional(shape.list(column, { minimum: 1 })),
});

const joinedView = shape.either(
  shape.map(shape.text(), (name) => ({ view: name, as: name, keys: {} as { readonly [key: string]: string } })),
  shape.map(
    shape.object({
      view: shape.required(shape.text()),
      as: shape.optional(shape.text({ pattern: viewName.name, wants: viewName.wants })),
      keys: shape.optional(shape.record(column)),
    }),
    ({ view: name, as = name, keys = {} }) => ({ view: name, as, keys }),
  ),
  (value) => (typeof value === 'string' ? 'first' : 'second'),
);

const label = shape.either(
  shape.map(column, (name) => ({ column: name, known: null as string | null })),
  shape.map(shape.object({ column: shape.required(column), known: shape.optional(column) }), (value) => ({
    column: value.column,
    known: value.known ?? null,
  })),
  (value) => (typeof value === 'string' ? 'first' : 'second'),
);

const service = shape.object({
  rows: shape.required(sqlFile),
  id: shape.required(column),
  time: shape.required(column),
  label: shape.required(label),
  request: shape.optional(shape.list(column)),
  keys_as_features: shape.optional(shape.list(column)),
  views: shape.optional(shape.list(joinedView)),
  split: shape.optional(shape.object({ test: shape.required(split()) })),
});

/** One `*.yaml` file of feature definitions: docs/reference/features.md. */
export const definitionsFile = shape.object({
  entities: shape.optional(shape.record(shape.object({ keys: shape.required(shape.list(column, { minimum: 1 })) }), viewName)),
  views: shape.optional(shape.record(view, viewName)),
  services: shape.optional(shape.record(service, serviceName)),
});
export type DefinitionsFile = shape.TypeOf<typeof definitionsFile>;
export type ViewEntry = shape.TypeOf<typeof view>;
export type ServiceEntry = shape.TypeOf<typeof service>;

const units: { readonly [unit: string]: string } = { m: 'minutes', h: 'hours', d: 'days', w: 'weeks' };

function split(): shape.Shape<Split> {
  const wants = 'a test split such as "last 1 month", "last 20%", "30d" or "from 2013-08-01"';
  return shape.map(shape.text({ wants }), (text, report): Split => {
    const share = /^last (\d+(?:\.\d+)?) ?%$/.exec(text);
    if (share !== null && Number(share[1]) > 0 && Number(share[1]) < 100) return { kind: 'last-share', share: Number(`${share[1]}e-2`) };
    const span = /^(?:last )?([1-9]\d{0,5}) ?(m|h|d|w|(?:minute|hour|day|week|month|year)s?)$/.exec(text);
    if (span !== null) return { kind: 'last-interval', interval: `${span[1]} ${units[span[2] ?? ''] ?? span[2]}` };
    const from = /^from (\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)Z?)?$/.exec(text);
    const time = Date.parse(`${from?.[1]}T${from?.[2] ?? '00:00'}Z`);
    if (!Number.isNaN(time)) return { kind: 'from', time: new Date(time).toISOString() };
    report(`The split must be ${wants}: found ${shape.describe(text)}`);
    return { kind: 'last-share', share: 0.2 };
  });
}
