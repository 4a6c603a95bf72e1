import type { ObjectText } from '../contract-shape.ts';
import type { ContractDocument } from '../read-document.ts';
import { agesBy, unitOf } from '../service-levels.ts';
import { unitMs } from '../data-contract.ts';
import { type Change, changeAt, type Direction, isSame, shown } from './change.ts';
import { listChanges, propertyChanges, tidegateChanges } from './compare-properties.ts';
import { ruleChanges } from './compare-rules.ts';

const document = { object: null, property: null };

/** Every difference between two data contracts but their `version`, objects first, in the order of the documents. */
export function compareDocuments({ value: before }: ContractDocument, { value: after }: ContractDocument): readonly Change[] {
  return [
    ...objectChanges(before.schema ?? [], after.schema ?? []),
    ...namedChanges(before.slaProperties, after.slaProperties, {
      section: 'slaProperties',
      keys: ['id', 'property'],
      direction: levelDirection,
    }),
    ...namedChanges(before.servers, after.servers, { section: 'servers', keys: ['id', 'server'], direction: () => 'other' }),
    ...(before.id === after.id
      ? []
      : [changeAt(document, { aspect: 'id', direction: 'other', says: `id: ${shown(before.id)} -> ${shown(after.id)}` })]),
    ...statusChanges(before.status, after.status),
    ...wordChanges(before, after),
  ];
}

function objectChanges(before: readonly ObjectText[], after: readonly ObjectText[]): readonly Change[] {
  const same = (was: ObjectText, is: ObjectText): boolean => (was.id !== undefined && was.id === is.id) || was.name === is.name;
  const isOnly = before.length === 1 && after.length === 1;
  const gone = before.filter((was) => !isOnly && !after.some((is) => same(was, is)));
  const young = after.filter((is) => !isOnly && !before.some((was) => same(was, is)));
  return [
    ...gone.map(({ name: object }) =>
      changeAt({ object, property: null }, { aspect: 'object', direction: 'weaker', says: 'the object is gone' }),
    ),
    ...before.flatMap((was) => {
      const is = isOnly ? after[0] : after.find((one) => same(was, one));
      return is === undefined ? [] : changesOfObject(was, is);
    }),
    ...young.map(({ name: object }) =>
      changeAt({ object, property: null }, { aspect: 'object', direction: 'stronger', says: 'the object is new' }),
    ),
  ];
}

function changesOfObject(was: ObjectText, is: ObjectText): readonly Change[] {
  const place = { object: is.name, property: null };
  const [old, young] = [was.physicalName ?? was.name, is.physicalName ?? is.name];
  const words = ['businessName', 'description', 'tags', 'dataGranularityDescription', 'physicalType'] as const;
  return [
    ...(old === young
      ? []
      : [changeAt(place, { aspect: 'name', direction: 'other', says: `the object is called ${shown(young)} now, and was ${shown(old)}` })]),
    ...propertyChanges(was.properties, is.properties, place),
    ...ruleChanges(was.quality, is.quality, { ...place, column: null }),
    ...listChanges(was.relationships, is.relationships, { ...place, aspect: 'relationships' }),
    ...tidegateChanges(was.customProperties, is.customProperties, place),
    ...words.flatMap((name) =>
      isSame(was[name], is[name])
        ? []
        : [
            changeAt(place, {
              aspect: name,
              direction: 'other',
              level: 'patch',
              says: `${name}: ${shown(was[name])} -> ${shown(is[name])}`,
            }),
          ],
    ),
  ];
}

type Entry = { readonly [name: string]: unknown };

interface Section {
  readonly section: string;
  readonly keys: readonly string[];
  readonly direction: (was: Entry, is: Entry) => Direction;
}

/** Entries that have names: what is gone is weaker, what came is stronger, what changed goes by its own rule. */
function namedChanges(before: unknown, after: unknown, { section, keys, direction }: Section): readonly Change[] {
  const [old, young] = [byName(before, keys), byName(after, keys)];
  return [...new Set([...old.keys(), ...young.keys()])].flatMap((name) => {
    const [was, is] = [old.get(name), young.get(name)];
    const aspect = `${section}.${name}`;
    if (isSame(was, is)) return [];
    if (was === undefined) return [changeAt(document, { aspect, direction: 'stronger', says: `${aspect} is new` })];
    if (is === undefined) return [changeAt(document, { aspect, direction: 'weaker', says: `${aspect} is gone` })];
    const found = Object.keys({ ...was, ...is }).find((key) => !isSame(was[key], is[key])) ?? '';
    const isWords = ['description', 'driver', 'scheduler', 'schedule', 'roles'].includes(found);
    return [
      changeAt(document, {
        aspect,
        direction: isWords ? 'other' : direction(was, is),
        ...(isWords && { level: 'patch' }),
        says: `${found} of ${aspect}: ${shown(was[found])} -> ${shown(is[found])}`,
      }),
    ];
  });
}

function byName(value: unknown, keys: readonly string[]): ReadonlyMap<string, Entry> {
  const entries = (Array.isArray(value) ? (value as readonly unknown[]) : []).filter(
    (one): one is Entry => typeof one === 'object' && one !== null,
  );
  return new Map(
    entries.map((entry, index) => [keys.map((key) => entry[key]).find((name) => typeof name === 'string') ?? String(index), entry]),
  );
}

/** A longer latency is weaker, a longer retention stronger; of other service levels nobody can say. */
function levelDirection(was: Entry, is: Entry): Direction {
  const property = agesBy[String(was['property']).toLowerCase()];
  if (property === undefined || was['property'] !== is['property']) return 'other';
  const [old, young] = [was, is].map(
    ({ value, unit }) => Number(value) * unitMs[unitOf(typeof unit === 'string' ? unit : undefined) ?? 'day'],
  );
  if (old === undefined || young === undefined || old === young) return 'other';
  return young > old === (property === 'latency') ? 'weaker' : 'stronger';
}

function statusChanges(was: string, is: string): readonly Change[] {
  if (was === is) return [];
  const level = is === 'retired' ? 'major' : is === 'deprecated' ? 'minor' : 'patch';
  return [changeAt(document, { aspect: 'status', direction: 'other', level, says: `status: ${shown(was)} -> ${shown(is)}` })];
}

const words = [
  'name',
  'tenant',
  'tags',
  'dataProduct',
  'description',
  'domain',
  'support',
  'price',
  'team',
  'roles',
  'authoritativeDefinitions',
  'customProperties',
  'contractCreatedTs',
  'apiVersion',
] as const;

function wordChanges(was: ContractDocument['value'], is: ContractDocument['value']): readonly Change[] {
  return words.flatMap((name) =>
    isSame(was[name], is[name])
      ? []
      : [
          changeAt(document, {
            aspect: name,
            direction: 'other',
            level: 'patch',
            says: `${name}: ${shown(was[name])} -> ${shown(is[name])}`,
          }),
        ],
  );
}
