import type { shape } from '@tidegate/formats';
import type { contractShape, ObjectText, PropertyText, RuleText } from './contract-shape.ts';
import { itemsOf, nestedIn } from './relationships.ts';

type Repeated = Pick<shape.Problem, 'path' | 'message' | 'hint'>;

interface Named {
  readonly name: unknown;
  readonly path: shape.Path;
}

/** Names and ids that two things of one sort have, so that nobody can say which is meant: objects, servers, rules and members of one place, ids of a list. */
export function repeatedNames(value: shape.TypeOf<typeof contractShape>): readonly Repeated[] {
  const { schema = [], servers } = value;
  const objects = schema.map((object, index) => ({ object, path: ['schema', index] }));
  return [
    ...repeated(
      objects.map(({ object, path }) => ({ name: object.name, path: [...path, 'name'] })),
      'an object',
    ),
    ...repeated(entriesOf(servers, 'server', ['servers']), 'a server'),
    ...objects.flatMap(({ object, path }) => ofObject(object, path)),
    ...idLists.flatMap((section) => repeated(entriesOf(value[section], 'id', [section]), `an entry of "${section}"`)),
  ];
}

/** Two columns of one name are told where promises are read. */
function ofObject({ quality, properties = [] }: ObjectText, path: shape.Path): readonly Repeated[] {
  return [
    ...ofRules(quality, path),
    ...properties.flatMap((property, index) => ofProperty(property, [...path, 'properties', index])),
    ...repeated(entriesOf(properties, 'id', [...path, 'properties']), 'a property'),
  ];
}

/** Of a property, and of what is within it. */
function ofProperty(property: PropertyText, path: shape.Path): readonly Repeated[] {
  const members = nestedIn(property);
  const items = itemsOf(property);
  return [
    ...ofRules(Array.isArray(property.quality) ? property.quality : [], path),
    ...repeated(entriesOf(members, 'name', [...path, 'properties']), 'a property'),
    ...repeated(entriesOf(members, 'id', [...path, 'properties']), 'a property'),
    ...members.flatMap((member, index) => ofProperty(member, [...path, 'properties', index])),
    ...(items === null ? [] : ofProperty(items, [...path, 'items'])),
  ];
}

const idLists = ['schema', 'servers', 'slaProperties', 'support', 'roles'] as const;

/** A check goes by the `id` of its rule, or else by its `name`. */
function ofRules(rules: readonly Pick<RuleText, 'id' | 'name'>[] = [], path: shape.Path): readonly Repeated[] {
  const named = rules.map(({ id, name }, index) => ({
    name: id ?? name,
    path: [...path, 'quality', index, id === undefined ? 'name' : 'id'],
  }));
  return repeated(named, 'a rule');
}

function entriesOf(list: unknown, key: string, path: shape.Path): readonly Named[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly unknown[]).map((entry, index) => ({
    name: typeof entry === 'object' && entry !== null ? (entry as { readonly [key: string]: unknown })[key] : null,
    path: [...path, index, key],
  }));
}

function repeated(all: readonly Named[], what: string): readonly Repeated[] {
  const first = new Set<unknown>();
  return all.flatMap(({ name, path }): readonly Repeated[] => {
    if (typeof name !== 'string') return [];
    if (!first.has(name)) {
      first.add(name);
      return [];
    }
    return [
      {
        path,
        message: `Cannot tell which is meant by "${name}": ${what} before has the same ${String(path.at(-1))}`,
        hint: 'Name one of the two otherwise',
      },
    ];
  });
}
