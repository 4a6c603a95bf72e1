import type { PropertyText } from '../contract-shape.ts';
import { itemsOf, nestedIn } from '../relationships.ts';
import { type Change, changeAt, type Direction, isSame, type Level, type Place, shown } from './change.ts';
import { optionChanges } from './compare-options.ts';
import { ruleChanges } from './compare-rules.ts';

/** Differences of the properties of an object, or of those within a property, whose checks begin with `prefix`. */
export function propertyChanges(
  before: readonly PropertyText[] = [],
  after: readonly PropertyText[] = [],
  { object, property: within, columns = [] }: Place,
  prefix = '',
): readonly Change[] {
  const partner = partners(before, after);
  const placeOf = (was: PropertyText, is = was): Place => ({
    object,
    property: within === null ? was.name : `${within}.${was.name}`,
    columns: within === null ? [...new Set([columnOf(was), columnOf(is)])] : columns,
  });
  return [
    ...before.flatMap((was) => {
      const is = partner.get(was);
      const place = placeOf(was, is);
      if (is !== undefined) return changesOf(was, is, place, prefix);
      return [
        changeAt(place, {
          aspect: 'property',
          direction: 'weaker',
          says: 'the property is gone',
          check: `${prefix}${columnOf(was)}.present`,
        }),
      ];
    }),
    ...after
      .filter((is) => ![...partner.values()].includes(is))
      .map((is) =>
        changeAt(placeOf(is), {
          aspect: 'property',
          direction: 'stronger',
          says: 'the property is new',
          check: `${prefix}${columnOf(is)}.present`,
        }),
      ),
  ];
}

/** Which property of the new document is which of the old one: by `id`, then by `name`. */
function partners(before: readonly PropertyText[], after: readonly PropertyText[]): ReadonlyMap<PropertyText, PropertyText> {
  const found = new Map<PropertyText, PropertyText>();
  const free = new Set(after);
  for (const key of ['id', 'name'] as const)
    for (const was of before) {
      const is = found.has(was) || was[key] === undefined ? undefined : after.find((one) => free.has(one) && one[key] === was[key]);
      if (is === undefined) continue;
      found.set(was, is);
      free.delete(is);
    }
  return found;
}

const columnOf = ({ physicalName, name }: PropertyText): string => physicalName ?? name;

function changesOf(was: PropertyText, is: PropertyText, place: Place, prefix: string): readonly Change[] {
  const column = `${prefix}${columnOf(is)}`;
  const check = (aspect: string): string => `${column}.${aspect}`;
  const found: Change[] = [];
  if (columnOf(was) !== columnOf(is))
    found.push(
      changeAt(place, {
        aspect: 'name',
        direction: 'other',
        says: `the property is called ${shown(columnOf(is))} now`,
        check: `${prefix}${columnOf(was)}.present`,
      }),
    );
  if (was.logicalType !== is.logicalType)
    found.push(
      changeAt(place, {
        aspect: 'logicalType',
        direction: typeDirection(was.logicalType, is.logicalType),
        says: `logicalType: ${shown(was.logicalType)} -> ${shown(is.logicalType)}`,
        check: check('type'),
      }),
    );
  if (was.physicalType !== is.physicalType)
    found.push(
      changeAt(place, {
        aspect: 'physicalType',
        direction: 'other',
        level: 'minor',
        says: `physicalType: ${shown(was.physicalType)} -> ${shown(is.physicalType)}`,
      }),
    );
  for (const [aspect, words] of [
    ['required', 'required'],
    ['unique', 'unique'],
  ] as const)
    if ((was[aspect] ?? false) !== (is[aspect] ?? false))
      found.push(
        changeAt(place, {
          aspect,
          direction: is[aspect] === true ? 'stronger' : 'weaker',
          says: is[aspect] === true ? `it is ${words} now` : `it is not ${words} any more`,
          check: check(aspect),
        }),
      );
  if ((was.primaryKey ?? false) !== (is.primaryKey ?? false))
    found.push(
      changeAt(place, {
        aspect: 'primaryKey',
        direction: 'other',
        says: is.primaryKey === true ? 'it is part of the primary key now' : 'it is not part of the primary key any more',
        check: 'primary_key',
      }),
    );
  else if (is.primaryKey === true && was.primaryKeyPosition !== is.primaryKeyPosition)
    found.push(
      changeAt(place, {
        aspect: 'primaryKeyPosition',
        direction: 'other',
        level: 'patch',
        says: `primaryKeyPosition: ${shown(was.primaryKeyPosition)} -> ${shown(is.primaryKeyPosition)}`,
      }),
    );
  return [
    ...found,
    ...optionChanges(was.logicalTypeOptions, is.logicalTypeOptions, { ...place, column }),
    ...ruleChanges(was.quality, is.quality, { ...place, column }),
    ...listChanges(was.relationships, is.relationships, { ...place, aspect: 'relationships' }),
    ...tidegateChanges(was.customProperties, is.customProperties, place),
    ...propertyChanges(nestedIn(was), nestedIn(is), place, `${column}.`),
    ...itemChanges(was, is, place, `${column}.`),
    ...wordChanges(was, is, place),
  ];
}

const narrower: readonly (readonly [wide: string, narrow: string])[] = [
  ['number', 'integer'],
  ['timestamp', 'date'],
];

function typeDirection(was: string | undefined, is: string | undefined): Direction {
  if (was === undefined) return 'stronger';
  if (is === undefined) return 'weaker';
  if (narrower.some(([wide, narrow]) => was === wide && is === narrow)) return 'stronger';
  return narrower.some(([wide, narrow]) => was === narrow && is === wide) ? 'weaker' : 'other';
}

/** Entries without names, such as foreign keys: what is gone is weaker, what came is stronger. */
export function listChanges(before: unknown, after: unknown, { aspect, ...place }: Place & { readonly aspect: string }): readonly Change[] {
  const [old, young] = [entriesOf(before), entriesOf(after)];
  return [
    ...old
      .filter((was) => !young.some((is) => isSame(was, is)))
      .map((was) => changeAt(place, { aspect, direction: 'weaker', says: `${shown(was)} is gone` })),
    ...young
      .filter((is) => !old.some((was) => isSame(was, is)))
      .map((is) => changeAt(place, { aspect, direction: 'stronger', says: `${shown(is)} is new` })),
  ];
}

function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** What Tidegate reads of `customProperties`: who changes the time, or from when a value is known, changes what features are. */
export function tidegateChanges(
  before: PropertyText['customProperties'] = [],
  after: PropertyText['customProperties'] = [],
  place: Place,
): readonly Change[] {
  const [old, young] = [before, after].map(
    (entries) => new Map(entries.flatMap(({ property, value }) => (property.startsWith('tidegate.') ? [[property, value] as const] : []))),
  );
  const names = [...new Set([...(old?.keys() ?? []), ...(young?.keys() ?? [])])].sort();
  return names.flatMap((name) => {
    const [was, is] = [old?.get(name), young?.get(name)];
    if (isSame(was, is)) return [];
    const direction = was === undefined ? 'stronger' : is === undefined ? 'weaker' : 'other';
    const level = levelOfTidegate[name];
    return [
      changeAt(place, { aspect: name, direction, says: `${name}: ${shown(was)} -> ${shown(is)}`, ...(level !== undefined && { level }) }),
    ];
  });
}

/** What changes nothing that somebody could rely on: what is shown, and what was inferred when. */
const levelOfTidegate: { readonly [property: string]: Level } = { 'tidegate.personal': 'minor', 'tidegate.inferred': 'patch' };

function itemChanges(was: PropertyText, is: PropertyText, place: Place, prefix: string): readonly Change[] {
  const [old, young] = [itemsOf(was), itemsOf(is)];
  if (old !== null && young !== null) return changesOf(old, young, { ...place, property: `${place.property}.items` }, prefix);
  if (isSame(was.items, is.items)) return [];
  const direction = old === null ? 'stronger' : 'weaker';
  return [changeAt(place, { aspect: 'items', direction, says: `what its items are: ${shown(was.items)} -> ${shown(is.items)}` })];
}

const words = [
  'businessName',
  'description',
  'tags',
  'examples',
  'classification',
  'encryptedName',
  'criticalDataElement',
  'partitioned',
  'partitionKeyPosition',
] as const;

function wordChanges(was: PropertyText, is: PropertyText, place: Place): readonly Change[] {
  return words.flatMap((name) =>
    isSame(was[name], is[name])
      ? []
      : [changeAt(place, { aspect: name, direction: 'other', level: 'patch', says: `${name}: ${shown(was[name])} -> ${shown(is[name])}` })],
  );
}
