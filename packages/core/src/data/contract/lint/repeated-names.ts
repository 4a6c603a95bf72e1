import type { shape } from '@tidegate/formats';
import type { ContractDocument } from '../read-document.ts';
import type { LintMistake } from './lint-mistake.ts';

interface Named {
  readonly name: unknown;
  readonly path: shape.Path;
}

/** Names and ids that two things of one sort have, so that nobody can say which is meant: objects, servers, rules of one place, ids of a list. */
export function repeatedNames({ value }: ContractDocument): readonly LintMistake[] {
  const { schema = [], servers } = value;
  const objects = schema.map((object, index) => ({ object, path: ['schema', index] }));
  return [
    ...repeated(
      objects.map(({ object, path }) => ({ name: object.name, path: [...path, 'name'] })),
      'an object',
    ),
    ...repeated(entriesOf(servers, 'server', ['servers']), 'a server'),
    ...objects.flatMap(({ object, path }) => [
      ...ofRules(object.quality, path),
      ...(object.properties ?? []).flatMap(({ quality }, index) => ofRules(quality, [...path, 'properties', index])),
      ...repeated(entriesOf(object.properties, 'id', [...path, 'properties']), 'a property'),
    ]),
    ...idLists.flatMap((section) => repeated(entriesOf(value[section], 'id', [section]), `an entry of "${section}"`)),
  ];
}

const idLists = ['schema', 'servers', 'slaProperties', 'support', 'roles'] as const;

/** A check goes by the `id` of its rule, or else by its `name`. */
function ofRules(rules: readonly { readonly id?: string; readonly name?: string }[] = [], path: shape.Path): readonly LintMistake[] {
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

function repeated(all: readonly Named[], what: string): readonly LintMistake[] {
  const first = new Set<unknown>();
  return all.flatMap(({ name, path }): readonly LintMistake[] => {
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
