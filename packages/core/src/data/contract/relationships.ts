import { nearest, type shape, shape as shapes } from '@tidegate/formats';
import type { ObjectText, PropertyText } from './contract-shape.ts';
import type { Relationship, RelationshipTarget } from './data-contract.ts';
import type { Report } from './rule-place.ts';

interface Whole {
  readonly schema: readonly ObjectText[];
  readonly index: number;
  readonly report: Report;
}

/** Relationships of an object and of its properties, nested ones too; what leads nowhere is reported. */
export function relationshipsOf({ schema, index, report }: Whole): readonly Relationship[] {
  const object = schema[index];
  if (object === undefined) return [];
  const whole = { schema, index, report };
  const path = ['schema', index];
  const ofObject = entriesOf(object.relationships).flatMap(({ from, to }, place) =>
    relationship({ from, to }, [...path, 'relationships', place], whole),
  );
  return [...ofObject, ...ofProperties(object.properties ?? [], { path, column: null }, whole)];
}

function ofProperties(
  properties: readonly PropertyText[],
  { path, column }: { readonly path: shape.Path; readonly column: string | null },
  whole: Whole,
): readonly Relationship[] {
  return properties.flatMap((property, at) => {
    const place = [...path, 'properties', at];
    const name = column === null ? (property.physicalName ?? property.name) : `${column}.${property.name}`;
    const own = entriesOf(property.relationships).flatMap(({ to }, index) => {
      const where = [...place, 'relationships', index];
      const target = targetOf(listOf(to), [...where, 'to'], whole);
      return target === null ? [] : [{ columns: [name], to: target, path: where }];
    });
    return [...own, ...ofProperties(nestedIn(property), { path: place, column: name }, whole)];
  });
}

/** What the items of a property are, when that is written as the standard has it. */
export function itemsOf({ items }: PropertyText): PropertyText | null {
  if (typeof items !== 'object' || items === null || Array.isArray(items)) return null;
  const { physicalName: _, ...rest } = items as Partial<PropertyText>;
  return { ...rest, name: 'items' };
}

/** Properties within a property, when they are written as the standard has it. */
export function nestedIn({ properties }: PropertyText): readonly PropertyText[] {
  return Array.isArray(properties)
    ? properties.filter((one): one is PropertyText => typeof one === 'object' && one !== null && 'name' in one)
    : [];
}

const entry = shapes.list(
  shapes.object({ from: shapes.optional(shapes.anything()), to: shapes.required(shapes.anything()) }, { open: true }),
);

function entriesOf(given: unknown): shape.TypeOf<typeof entry> {
  const read = shapes.parse(entry, given ?? []);
  return read.ok ? read.value : []; // told by the schema
}

function listOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}

function relationship(
  { from, to }: { readonly from?: unknown; readonly to: unknown },
  path: shape.Path,
  whole: Whole,
): readonly Relationship[] {
  const [sources, targets] = [listOf(from), listOf(to)];
  if (sources.length !== targets.length) {
    whole.report(path, `Cannot relate ${sources.length} columns to ${targets.length}: both sides need as many`, 'Name a column for each');
    return [];
  }
  const source = targetOf(sources, [...path, 'from'], whole);
  const target = targetOf(targets, [...path, 'to'], whole);
  if (source === null || target === null) return [];
  if (source.kind === 'elsewhere' || source.object !== whole.schema[whole.index]?.name) {
    whole.report(
      [...path, 'from'],
      'Cannot relate columns of another object: the relationship stands under this one',
      'Move it to the object of its "from"',
    );
    return [];
  }
  return [{ columns: source.columns, to: target, path }];
}

/** Where references lead together; null when they lead nowhere, which is reported. */
function targetOf(references: readonly string[], path: shape.Path, whole: Whole): RelationshipTarget | null {
  if (references.some((one) => one.includes('#') || objectOf(one, whole.schema) === undefined)) return { kind: 'elsewhere', references };
  const found = references.map((reference, index) => resolve(reference, references.length === 1 ? path : [...path, index], whole));
  const known = found.filter((one) => one !== null);
  const [first] = known;
  if (first === undefined || known.length < found.length) return null;
  if (known.some(({ object }) => object !== first.object)) {
    whole.report(path, 'Cannot relate columns of several objects in one relationship', 'Name columns of one object');
    return null;
  }
  const { name, physicalName } = first.object;
  return { kind: 'object', object: name, physicalName: physicalName ?? null, columns: known.map(({ column }) => column) };
}

/** What a reference is made of. */
export interface Parts {
  readonly key: 'id' | 'name';
  readonly object: string;
  readonly properties: readonly string[];
}

/** `object.property.nested` by names, or `schema/ID/properties/ID/properties/ID` by ids. */
export function partsOf(reference: string): Parts {
  const isById = reference.includes('/');
  const ids = reference.split('/').filter((part) => part !== '');
  const [object = '', ...properties] = isById ? ids.filter((_, index) => index % 2 === 1) : reference.split('.');
  return { key: isById ? 'id' : 'name', object, properties };
}

function objectOf(reference: string, schema: readonly ObjectText[]): ObjectText | undefined {
  const { key, object } = partsOf(reference);
  return schema.find((one) => one[key] === object);
}

function resolve(
  reference: string,
  path: shape.Path,
  { schema, report }: Whole,
): { readonly object: ObjectText; readonly column: string } | null {
  const { key, properties: wanted } = partsOf(reference);
  const object = objectOf(reference, schema);
  if (object === undefined) return null;
  let properties = object.properties ?? [];
  const names: string[] = [];
  for (const part of wanted) {
    const property = properties.find((one) => one[key] === part);
    if (property === undefined) {
      const known = properties.map((one) => one[key]).filter((name) => name !== undefined);
      const near = nearest(part, known);
      const hint = near !== null ? `Did you mean "${near}"?` : known.length > 0 ? `There are: ${known.slice(0, 10).join(', ')}` : null;
      report(path, `Cannot find "${reference}": "${object.name}" has no property with the ${key} "${part}"`, hint);
      return null;
    }
    names.push(names.length === 0 ? (property.physicalName ?? property.name) : property.name);
    properties = nestedIn(property);
  }
  if (names.length > 0) return { object, column: names.join('.') };
  report(path, `Cannot relate anything to "${reference}": it names no property`, 'Write "object.property"');
  return null;
}
