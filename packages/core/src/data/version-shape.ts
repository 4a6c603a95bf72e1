import {
  type CheckResult,
  type Column,
  type ColumnProfile,
  type DatasetSchema,
  type DatasetVersion,
  type Digest,
  isDigest,
  type Profile,
  shape,
} from '@tidegate/formats';

const { anything, list, number, oneOf, text } = shape;

type Shapes<T> = { readonly [K in keyof T]-?: shape.Shape<T[K]> };

/** A mapping with exactly these members; one may be null where its shape takes null. A member more is a later version's and is let be. */
function members<T>(shapes: Shapes<T>): shape.Shape<T> {
  const names = Object.keys(shapes) as (keyof Shapes<T> & string)[];
  return {
    schema: { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, shapes[name].schema])) },
    check: (value, path, problems) => {
      if (typeof value !== 'object' || value === null) {
        problems.push({ path, at: 'value', message: `"${path.join('.')}" must be a mapping: found ${shape.describe(value)}`, hint: null });
        return undefined;
      }
      const found = value as { readonly [name: string]: unknown };
      return Object.fromEntries(names.map((name) => [name, shapes[name].check(found[name], [...path, name], problems)])) as T;
    },
  };
}

function nullable<T>(inner: shape.Shape<T>): shape.Shape<T | null> {
  return {
    schema: { anyOf: [inner.schema, { type: 'null' }] },
    check: (value, path, problems) => (value === null ? null : inner.check(value, path, problems)),
  };
}

const digest: shape.Shape<Digest> = {
  schema: { type: 'string' },
  check: (value, path, problems) => {
    if (typeof value === 'string' && isDigest(value)) return value;
    problems.push({ path, at: 'value', message: `"${path.join('.')}" must be a digest: found ${shape.describe(value)}`, hint: null });
    return undefined;
  },
};

const numberOrText: shape.Shape<number | string> = shape.either<number, string>(number(), text(), (value) =>
  typeof value === 'number' ? 'first' : 'second',
);
const count = number({ integer: true, minimum: 0 });
const type = oneOf(['string', 'integer', 'number', 'boolean', 'date', 'timestamp', 'time', 'object', 'array']);
const verdict = oneOf(['pass', 'inconclusive', 'fail', 'invalid']);

const plainColumn = members<Omit<Column, 'folder'>>({ name: text(), type, physicalType: text() });

/** A mapping with further members that older records have not. */
function withOptional<T>(inner: shape.Shape<object>, further: { readonly [name: string]: shape.Shape<unknown> }): shape.Shape<T> {
  return {
    schema: inner.schema, // which lets further members be
    check: (value, path, problems) => {
      const found = inner.check(value, path, problems);
      const given = (value ?? {}) as { readonly [name: string]: unknown };
      const names = Object.keys(further).filter((name) => given[name] !== undefined);
      const more = names.map((name) => [name, further[name]?.check(given[name], [...path, name], problems)]);
      return (found === undefined ? undefined : { ...found, ...Object.fromEntries(more) }) as T | undefined;
    },
  };
}

const isFolder: shape.Shape<true> = { schema: { const: true }, check: (value) => (value === true ? value : undefined) };

const column = withOptional<Column>(plainColumn, { folder: isFolder });

const valueCounts = list(members({ value: text(), count }));

/** Members that came with `tidegate.profile/2`. */
const newerProfile: { readonly [name: string]: shape.Shape<unknown> } = {
  notNumbers: count,
  infinite: count,
  distinctError: number({ minimum: 0 }),
  topError: nullable(count),
  lengths: nullable(members({ min: number(), max: number(), mean: number() })),
  patterns: nullable(members({ rows: count, values: valueCounts })),
};

const columnProfile = withOptional<ColumnProfile>(
  members<Omit<ColumnProfile, 'notNumbers' | 'infinite' | 'distinctError' | 'topError' | 'lengths' | 'patterns'>>({
    name: text(),
    type,
    rows: count,
    nulls: count,
    distinct: count,
    min: nullable(numberOrText),
    max: nullable(numberOrText),
    mean: nullable(number()),
    std: nullable(number()),
    quantiles: nullable(list(number())),
    histogram: nullable(members({ edges: list(number()), counts: list(count) })),
    top: nullable(valueCounts),
  }),
  newerProfile,
);

const profile = withOptional<Profile>(
  members<Omit<Profile, 'parts'>>({
    format: oneOf(['tidegate.profile/1', 'tidegate.profile/2']),
    rows: count,
    columns: list(columnProfile),
  }),
  { parts: digest },
);

const check = members<CheckResult>({
  name: text(),
  column: nullable(text()),
  promise: text(),
  dimension: text(),
  severity: oneOf(['error', 'warning']),
  verdict,
  failingRows: count,
  rows: count,
  measured: anything(),
  examples: list(shape.record(anything())),
});

const wholeVersion = members<Omit<DatasetVersion, 'delivered'>>({
  format: oneOf(['tidegate.dataset-version/1']),
  dataset: text(),
  tree: digest,
  fileFormat: oneOf(['parquet', 'csv', 'json', 'files']),
  rows: count,
  bytes: count,
  files: count,
  columns: list(column),
  time: nullable(text()),
  knownAt: shape.record(text()),
  profile,
  contract: nullable(digest),
  checks: list(check),
  verdict,
});

/** The record `tidegate.dataset-version/1`. */
export const versionShape: shape.Shape<DatasetVersion> = withOptional<DatasetVersion>(wholeVersion, { delivered: digest });

/** The record `tidegate.dataset-schema/1`. */
export const schemaShape: shape.Shape<DatasetSchema> = members<DatasetSchema>({
  format: oneOf(['tidegate.dataset-schema/1']),
  dataset: text(),
  columns: list(column),
});
