import { canonicalJson, compareCodeUnits, type Json, type KeyRecord, type MissReason } from '@tidegate/formats';

/** Members that are compared one by one; all of a key record but its inputs, which have a reason of their own, and the step, which is the same. */
const keyMembers = [
  'format',
  'kind',
  'kindVersion',
  'stable',
  'settings',
  'variables',
  'secrets',
  'facts',
  'resources',
  'outputs',
  'places',
  'executables',
  'salt',
] as const satisfies readonly (keyof KeyRecord)[];

/** What changed between two key records of a step: every file, artifact, setting, variable and fact by name. None when the keys are equal. */
export function differences(before: KeyRecord, after: KeyRecord): readonly MissReason[] {
  return [...inputDifferences(before, after), ...keyMembers.flatMap((field) => valueDifferences(field, before[field], after[field]))];
}

function inputDifferences(before: KeyRecord, after: KeyRecord): readonly MissReason[] {
  return namesOf(before.inputs, after.inputs).flatMap((input) => {
    const [was, is] = [member(before.inputs, input) ?? null, member(after.inputs, input) ?? null];
    return was === is ? [] : [{ kind: 'input-changed', input, before: was, after: is }];
  });
}

/**
 * Goes down to the very member that differs: of a list whose members have names (`name`, or `as` of a joined view) by those; other
 * lists of different length differ as a whole. Absent counts as null.
 */
function valueDifferences(setting: string, before: Json | undefined, after: Json | undefined): readonly MissReason[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null))
    return isPresenceChange(before, after) ? [changed(setting, before, after)] : [];
  const [named, renamed] = [membersByName(before), membersByName(after)];
  if (named !== null && renamed !== null) {
    const found = valueDifferences(setting, named, renamed);
    return found.length > 0 ? found : [changed(setting, before, after)]; // only their order differs
  }
  const [was, is] = [membersOf(before), membersOf(after)];
  const isComparable = was !== null && is !== null && (!Array.isArray(before) || namesOf(was, {}).length === namesOf(is, {}).length);
  if (!isComparable || Array.isArray(before) !== Array.isArray(after)) return [changed(setting, before, after)];
  return namesOf(was, is).flatMap((name) => valueDifferences(`${setting}.${name}`, member(was, name), member(is, name)));
}

/** A member that is null and one that is absent are different records with the same value. */
function isPresenceChange(before: Json | undefined, after: Json | undefined): boolean {
  return (before === undefined) !== (after === undefined);
}

function changed(setting: string, before: Json | undefined, after: Json | undefined): MissReason {
  return { kind: 'setting-changed', setting, before: before ?? null, after: after ?? null };
}

/** The members of a list of objects that each have a name of their own; null for anything else. */
function membersByName(value: Json | undefined): { readonly [name: string]: Json } | null {
  if (!Array.isArray(value)) return null;
  const entries = value.flatMap((item: Json) => {
    const name = membersOf(item)?.['name'] ?? membersOf(item)?.['as'];
    return typeof name === 'string' ? [[name, item] as const] : [];
  });
  const members = Object.fromEntries(entries);
  return Object.keys(members).length === value.length ? members : null;
}

function membersOf(value: Json | undefined): { readonly [name: string]: Json } | null {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : null;
}

function member<T>(of: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

function namesOf(one: object, other: object): readonly string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].sort(compareCodeUnits);
}
