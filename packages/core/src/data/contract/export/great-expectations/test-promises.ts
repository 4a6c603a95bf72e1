import type { Json, JsonObject } from '@tidegate/formats';
import { writeYaml } from '../../../../config/index.ts';

const check = (name: string, given: JsonObject = {}): Json => ({
  type: 'custom',
  engine: 'tidegate',
  implementation: { check: name, ...given },
});

/** For tests: promises of a column, and of the object where there is none. Some of them the rows of the fixtures keep, and some not. */
export const promises: readonly { readonly column: string | null; readonly promise: JsonObject }[] = [
  ...['id', 'n', 'x', 'nothing'].flatMap((column) => [
    { column, promise: { required: true } },
    { column, promise: { unique: true } },
    { column, promise: { primaryKey: true } },
  ]),
  { column: 'id', promise: { logicalType: 'integer', required: true, logicalTypeOptions: { minimum: 1, maximum: 40 } } },
  { column: 'id', promise: { logicalType: 'integer', logicalTypeOptions: { exclusiveMinimum: 1 } } },
  { column: 'id', promise: { logicalType: 'integer', logicalTypeOptions: { exclusiveMaximum: 41 } } },
  { column: 'code', promise: { logicalType: 'string', logicalTypeOptions: { minLength: 2, maxLength: 2 } } },
  { column: 'code', promise: { logicalType: 'string', logicalTypeOptions: { maxLength: 1 } } },
  { column: 'mail', promise: { logicalType: 'string', logicalTypeOptions: { pattern: '@' } } },
  { column: 'code', promise: { logicalType: 'string', logicalTypeOptions: { pattern: 'A|D|z' } } },
  ...[
    { metric: 'nullValues', mustBe: 0 },
    { metric: 'nullValues', mustBeLessOrEqualTo: 10, unit: 'percent' },
    { metric: 'nullValues', mustBeLessOrEqualTo: 9, unit: 'percent' },
    { metric: 'nullValues', mustBeLessThan: 10, unit: 'percent' },
    { metric: 'nullValues', mustBeGreaterOrEqualTo: 10, unit: 'percent' },
    { metric: 'nullValues', mustBeGreaterThan: 10, unit: 'percent' },
    { metric: 'duplicateValues', mustBe: 0 },
    { metric: 'missingValues', arguments: { missingValues: [500] }, mustBe: 0 },
    { metric: 'missingValues', arguments: { missingValues: [501] }, mustBe: 0 },
    { metric: 'invalidValues', arguments: { validValues: [1, 2, 3, 4, 5] }, mustBe: 0 },
    { metric: 'invalidValues', arguments: { validValues: [1, 2, 3, 4, 5, 500] }, mustBe: 0 },
    ...[
      { min: 1, max: 500 },
      { min: 1, strictly: true },
      { max: 500, strictly: true },
    ].map((given) => check('between', given)),
    ...['positive', 'negative', 'nonNegative', 'notZero'].map((name) => check(name)),
    check('notInSet', { values: [500] }),
    check('notInSet', { values: [501] }),
    ...['least', 'greatest', 'median', 'mean', 'standardDeviation', 'sum', 'distinctCount'].flatMap((name) => [
      check(name, { mustBeGreaterOrEqualTo: 3 }),
      check(name, { mustBeLessThan: 17 }),
      check(name, { mustBeBetween: [2, 90] }),
    ]),
    check('valuesAbsent', { values: [1, 500], mustBe: 0 }),
    check('valuesAbsent', { values: [1, 501], mustBe: 0 }),
  ].map((rule) => ({ column: 'n', promise: { quality: [rule] } })),
  ...[check('isDate'), check('doesNotMatch', { pattern: '13' }), check('matchesAny', { patterns: ['^2024', 'x'] })].map((rule) => ({
    column: 'text_day',
    promise: { quality: [rule] },
  })),
  { column: 'doc', promise: { quality: [check('isJson')] } },
  { column: 'mail', promise: { quality: [check('lengthBetween', { min: 14 })] } },
  ...[
    { metric: 'rowCount', mustBe: 40 },
    { metric: 'rowCount', mustBeGreaterThan: 40 },
    { metric: 'duplicateValues', arguments: { properties: ['g', 'h'] }, mustBe: 0 },
    { metric: 'duplicateValues', arguments: { properties: ['a', 'id'] }, mustBe: 0 },
    check('columnCount', { mustBe: 17 }),
    check('columnCount', { mustBeLessThan: 17 }),
    check('columnsAre', { columns: ['id', 'n'] }),
    ...['<', '<=', '>', '>=', '='].map((is) => check('compare', { left: 'a', is, right: 'c' })),
    ...['<', '>'].map((is) => check('compare', { left: 'a', is, right: 'b' })),
  ].map((rule) => ({ column: null, promise: { quality: [rule] } })),
];

type Promised = (typeof promises)[number];

/** A data contract with one of them. */
export function contractWith(promised: Promised): string {
  return contractOf([promised]);
}

/** A data contract with several of them, of which the rules have names by their places in the list: `p7`. */
export function contractOf(several: readonly Promised[]): string {
  const properties = new Map<string, JsonObject>();
  if (several.some(({ column }) => column === null)) for (const name of ['a', 'b', 'c', 'g', 'h', 'id']) properties.set(name, { name });
  for (const [index, { column, promise }] of several.entries()) {
    if (column === null) continue;
    const known = properties.get(column);
    properties.set(column, {
      ...known,
      name: column,
      ...promise,
      quality: [...listed(known), ...named(promise, several.length > 1 ? index : null)],
    });
  }
  const quality = several.flatMap(({ column, promise }, index) =>
    column === null ? named(promise, several.length > 1 ? index : null) : [],
  );
  const head = { apiVersion: 'v3.1.0', kind: 'DataContract', id: 't', version: '1.0.0', status: 'active' };
  return writeYaml({ ...head, schema: [{ name: 't', quality, properties: [...properties.values()] }] }, 'for tests');
}

function listed(property: JsonObject | undefined): readonly Json[] {
  return Array.isArray(property?.['quality']) ? (property['quality'] as readonly Json[]) : [];
}

function named(promise: JsonObject, index: number | null): readonly Json[] {
  return listed(promise).map((rule) => (index === null ? rule : { ...(rule as JsonObject), id: `p${index}` }));
}
