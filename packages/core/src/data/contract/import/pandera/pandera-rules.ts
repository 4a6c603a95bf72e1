import type { Json, JsonObject } from '@tidegate/formats';
import { checkRule, libraryRule, none, type RuleText, sqlName, sqlRule } from '../foreign-rules.ts';
import { patternForRe2 } from '../pattern-for-re2.ts';
import { inRange } from '../range-limits.ts';
import { listIn, numberIn, textIn, textsIn } from '../read-arguments.ts';

interface Context {
  readonly column: string;
  /** The arguments of the check. */
  readonly given: JsonObject;
}

/** The rules of a check that Pandera has built in, or why there are none. */
export function panderaRules(check: string, { column, given }: Context): readonly RuleText[] | string {
  const [min, max] = [given['min_value'] ?? null, given['max_value'] ?? null];
  switch (check) {
    case 'equal_to':
      return valid([given['value'] ?? null]);
    case 'not_equal_to':
      return [checkRule('notInSet', { values: [given['value'] ?? null] })];
    case 'isin':
      return valid(listIn(given, 'allowed_values') ?? []);
    case 'notin':
      return [checkRule('notInSet', { values: listIn(given, 'forbidden_values') ?? [] })];
    case 'greater_than':
      return bounded(column, { min, max: null, isStrict: true });
    case 'greater_than_or_equal_to':
      return bounded(column, { min, max: null, isStrict: false });
    case 'less_than':
      return bounded(column, { min: null, max, isStrict: true });
    case 'less_than_or_equal_to':
      return bounded(column, { min: null, max, isStrict: false });
    case 'in_range':
      return [
        ...bounded(column, { min, max: null, isStrict: given['include_min'] === false }),
        ...bounded(column, { min: null, max, isStrict: given['include_max'] === false }),
      ];
    case 'str_matches':
      // re.match begins at the beginning
      return pattern(textIn(given, 'pattern'), (text) => `^(?:${text})`);
    case 'str_contains':
      return pattern(textIn(given, 'pattern'), (text) => text);
    case 'str_startswith':
      return texts('startsWith', given['string']);
    case 'str_endswith':
      return texts('endsWith', given['string']);
    case 'str_length':
      return length(given);
    case 'unique_values_eq': {
      const values = listIn(given, 'values') ?? [];
      return values.length === 0 ? 'it names no values' : [...valid(values), checkRule('valuesAbsent', { values }, none)];
    }
    default:
      return 'no check of Tidegate says it';
  }
}

function valid(values: readonly Json[]): readonly RuleText[] {
  return [libraryRule('invalidValues', none, { validValues: values })];
}

function bounded(
  column: string,
  { min, max, isStrict }: { readonly min: Json; readonly max: Json; readonly isStrict: boolean },
): readonly RuleText[] {
  if (min === null && max === null) return [];
  if ([min, max].every((bound) => bound === null || typeof bound === 'number'))
    return [checkRule('between', { ...(min !== null && { min }), ...(max !== null && { max }), ...(isStrict && { strictly: true }) })];
  const good = inRange(sqlName(column), { min, max, strictMin: isStrict, strictMax: isStrict });
  return [sqlRule(`SELECT count(*) FROM {object} WHERE NOT (${good})`, none)];
}

function pattern(found: string | null, manner: (text: string) => string): readonly RuleText[] | string {
  const re2 = found === null ? null : patternForRe2(found);
  if (re2 === null) return 'it has no pattern';
  return re2.ok
    ? [libraryRule('invalidValues', none, { pattern: manner(re2.pattern) })]
    : `its pattern ${JSON.stringify(found)} has ${re2.has}, which RE2 does not have`;
}

function texts(check: string, given: Json | undefined): readonly RuleText[] | string {
  if (typeof given === 'string') return [checkRule(check, { texts: [given] })];
  const list = textsIn({ given: given ?? null }, 'given');
  return list === null ? 'it names no text' : [checkRule(check, { texts: list })];
}

function length(given: JsonObject): readonly RuleText[] | string {
  const exact = numberIn(given, 'exact_value');
  const [min, max] = exact === null ? [numberIn(given, 'min_value'), numberIn(given, 'max_value')] : [exact, exact];
  return min === null && max === null
    ? 'it has no bound'
    : [checkRule('lengthBetween', { ...(min !== null && { min }), ...(max !== null && { max }) })];
}
