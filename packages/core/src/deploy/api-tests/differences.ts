import { canonicalJson, type Json, unreachable } from '@tidegate/formats';
import { foundIn } from './bounded-pattern.ts';
import { type Expectation, isList, isMapping, type JsonType } from './expectation.ts';

/** Everything that is not as expected, a line each: where, what was expected, what was found. Empty when all is well. */
export function differences(wanted: Expectation, found: Json | undefined, at: string): readonly string[] {
  if (found === undefined) return [`${at}: expected ${wordsOf(wanted)}, but there is nothing`];
  switch (wanted.kind) {
    case 'members':
      if (!isMapping(found)) break;
      return Object.entries(wanted.members).flatMap(([name, member]) =>
        differences(member, Object.hasOwn(found, name) ? found[name] : undefined, `${at}.${name}`),
      );
    case 'items':
      if (!isList(found)) break;
      if (found.length !== wanted.items.length)
        return [`${at}: expected a list of ${wanted.items.length} items, found ${found.length}: ${brief(found)}`];
      return wanted.items.flatMap((item, index) => differences(item, found[index], `${at}[${index}]`));
    case 'matches':
      if (typeof found !== 'string') break;
      return describeSearch(wanted.pattern, found, at);
    case 'equals':
    case 'between':
    case 'one_of':
    case 'type':
    case 'length':
      if (isMet(wanted, found)) return [];
  }
  return [`${at}: expected ${wordsOf(wanted)}, found ${brief(found)}`];
}

function describeSearch(pattern: string, text: string, at: string): readonly string[] {
  const found = foundIn(pattern, text);
  if (found === true) return [];
  if (found === null) return [`${at}: cannot tell whether /${pattern}/ is found in ${brief(text)}: the search takes too long`];
  return [`${at}: expected a text in which /${pattern}/ is found, found ${brief(text)}`];
}

function isMet(wanted: Exclude<Expectation, { kind: 'members' | 'items' | 'matches' }>, found: Json): boolean {
  switch (wanted.kind) {
    case 'equals':
      return canonicalJson(wanted.value) === canonicalJson(found);
    case 'between':
      return typeof found === 'number' && found >= wanted.low && found <= wanted.high;
    case 'one_of':
      return wanted.values.some((value) => canonicalJson(value) === canonicalJson(found));
    case 'type':
      return hasType(found, wanted.type);
    case 'length':
      return (isList(found) || typeof found === 'string') && found.length === wanted.length;
  }
}

function hasType(value: Json, type: JsonType): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return isList(value);
  if (type === 'object') return isMapping(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function wordsOf(wanted: Expectation): string {
  switch (wanted.kind) {
    case 'equals':
      return brief(wanted.value);
    case 'members':
      return `a mapping with ${Object.keys(wanted.members).join(', ')}`;
    case 'items':
      return `a list of ${wanted.items.length} items`;
    case 'between':
      return `a number from ${wanted.low} to ${wanted.high}`;
    case 'one_of':
      return `one of ${wanted.values.map(brief).join(', ')}`;
    case 'type':
      return `a value of type ${wanted.type}`;
    case 'matches':
      return `a text in which /${wanted.pattern}/ is found`;
    case 'length':
      return `a list or text of length ${wanted.length}`;
    default:
      return unreachable(wanted);
  }
}

const longest = 120;

function brief(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
}
