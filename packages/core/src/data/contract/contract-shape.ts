import { shape } from '@tidegate/formats';
import { dimensions } from './data-contract.ts';
import { standardVersions } from './standard/standard-mistakes.ts';

const { anything, boolean, list, number, object, oneOf, optional, required, text } = shape;

/** Names that an ODCS document may have and that Tidegate passes over. */
function passedOver<const N extends string>(...names: readonly N[]): { readonly [K in N]: shape.Field<unknown, false> } {
  return Object.fromEntries(names.map((name) => [name, optional(anything())])) as { readonly [K in N]: shape.Field<unknown, false> };
}

const element = passedOver('description', 'businessName', 'authoritativeDefinitions', 'tags', 'physicalType', 'relationships');
const customProperties = list(object({ property: required(text()), value: required(anything()), ...passedOver('id', 'description') }));

export type CustomProperty = shape.TypeOf<typeof customProperties>[number];

/** Short forms of the dimensions, in their order. */
export const dimensionSynonyms = ['ac', 'cp', 'cf', 'cs', 'cv', 'tm', 'uq'] as const;

const rule = object({
  id: optional(text({ pattern: /^[A-Za-z0-9_-]+$/, wants: 'letters, digits, "_" and "-"' })),
  name: optional(text()),
  description: optional(text()),
  type: optional(oneOf(['library', 'sql', 'text', 'custom'])),
  metric: optional(text()),
  rule: optional(text()),
  arguments: optional(anything()),
  query: optional(text()),
  engine: optional(text()),
  implementation: optional(anything()),
  dimension: optional(oneOf([...dimensions, ...dimensionSynonyms])),
  severity: optional(text()),
  unit: optional(text()),
  mustBe: optional(anything()),
  mustNotBe: optional(anything()),
  mustBeGreaterThan: optional(anything()),
  mustBeGreaterOrEqualTo: optional(anything()),
  mustBeLessThan: optional(anything()),
  mustBeLessOrEqualTo: optional(anything()),
  mustBeBetween: optional(anything()),
  mustNotBeBetween: optional(anything()),
  ...passedOver('authoritativeDefinitions', 'businessImpact', 'customProperties', 'method', 'schedule', 'scheduler', 'tags'),
});

export type RuleText = shape.TypeOf<typeof rule>;

const property = object({
  ...element,
  id: optional(text()),
  name: required(text()),
  physicalName: optional(text()),
  physicalType: optional(text()),
  logicalType: optional(oneOf(['string', 'date', 'timestamp', 'time', 'number', 'integer', 'object', 'array', 'boolean'])),
  logicalTypeOptions: optional(anything()),
  required: optional(boolean()),
  unique: optional(boolean()),
  primaryKey: optional(boolean()),
  primaryKeyPosition: optional(number({ integer: true })),
  quality: optional(list(rule)),
  customProperties: optional(customProperties),
  ...passedOver('partitioned', 'partitionKeyPosition', 'classification', 'encryptedName', 'transformSourceObjects', 'transformLogic'),
  ...passedOver('transformDescription', 'examples', 'criticalDataElement', 'properties', 'items'),
});

export type PropertyText = shape.TypeOf<typeof property>;

const schemaObject = object({
  ...element,
  id: optional(text()),
  name: required(text()),
  physicalName: optional(text()),
  logicalType: optional(oneOf(['object'])),
  dataGranularityDescription: optional(text()),
  properties: optional(list(property)),
  quality: optional(list(rule)),
  customProperties: optional(customProperties),
});

export type ObjectText = shape.TypeOf<typeof schemaObject>;

/** The Open Data Contract Standard v3.1.0: the names it allows at each place, and types where Tidegate reads them. */
export const contractShape = object({
  apiVersion: required(oneOf(standardVersions)),
  kind: required(oneOf(['DataContract'])),
  id: required(text()),
  version: required(text()),
  status: required(text()),
  schema: optional(list(schemaObject)),
  ...passedOver('name', 'tenant', 'tags', 'servers', 'dataProduct', 'description', 'domain', 'support', 'price', 'team', 'roles'),
  ...passedOver('slaDefaultElement', 'slaProperties', 'authoritativeDefinitions', 'customProperties', 'contractCreatedTs'),
});
