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

const column: shape.Shape<Column> = {
  schema: plainColumn.schema, // which lets further members be
  check: (value, path, problems) => {
    const found = plainColumn.check(value, path, problems);
    const { folder } = (value ?? {}) as { readonly folder?: unknown };
    return found === undefined || folder !== true ? found : { ...found, folder };
  },
};

const columnProfile = members<ColumnProfile>({
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
  top: nullable(list(members({ value: text(), count }))),
});

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

/** The record `tidegate.dataset-version/1`. */
export const versionShape: shape.Shape<DatasetVersion> = members<DatasetVersion>({
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
  profile: members<Profile>({ format: oneOf(['tidegate.profile/1']), rows: count, columns: list(columnProfile) }),
  contract: nullable(digest),
  checks: list(check),
  verdict,
});

/** The record `tidegate.dataset-schema/1`. */
export const schemaShape: shape.Shape<DatasetSchema> = members<DatasetSchema>({
  format: oneOf(['tidegate.dataset-schema/1']),
  dataset: text(),
  columns: list(column),
});
