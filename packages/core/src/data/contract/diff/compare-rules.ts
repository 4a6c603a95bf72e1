import { operators, type Operator } from '../data-contract.ts';
import type { RuleText } from '../contract-shape.ts';
import { canonical, type Change, changeAt, type Direction, isSame, type Place, shown } from './change.ts';

/** What a rule is told apart by: `id`, or else `name`, or else what it measures. */
function identityOf(rule: RuleText): string {
  return (
    rule.id ??
    rule.name ??
    canonical([
      rule.type ?? null,
      rule.metric ?? null,
      rule.query ?? null,
      rule.engine ?? null,
      rule.implementation ?? null,
      rule.arguments ?? null,
    ])
  );
}

/** Differences of two lists of rules; `column` is how checks name the property, null for those of an object. */
export function ruleChanges(
  before: readonly RuleText[] = [],
  after: readonly RuleText[] = [],
  { column, ...place }: Place & { readonly column: string | null },
): readonly Change[] {
  return pairsOf(before, after).flatMap(({ was, is }) => {
    const one = is ?? was;
    if (one === undefined || isSame(was, is)) return [];
    const name = checkName(one);
    const check = name === null ? null : column === null ? name : `${column}.${name}`;
    const aspect = `quality.${one.id ?? one.name ?? one.metric ?? one.type ?? 'rule'}`;
    const what = inWords(one);
    if (one.type === 'text')
      return [changeAt(place, { aspect, direction: 'other', level: 'patch', says: `the text "${what}" was changed` })];
    if (was === undefined) return [changeAt(place, { aspect, direction: 'stronger', says: `the rule ${what} is new`, check })];
    if (is === undefined)
      return [
        changeAt(place, {
          aspect,
          direction: 'weaker',
          level: isWarning(was) ? 'minor' : 'major',
          says: `the rule ${what} is gone`,
          check,
        }),
      ];
    return [changeOfRule(was, is, { place, aspect, check, what })];
  });
}

interface Pair {
  readonly was: RuleText | undefined;
  readonly is: RuleText | undefined;
}

/** Which rule was which: by its identity, and where that leaves one without a name on either side that measures in the same way, these two. */
function pairsOf(before: readonly RuleText[], after: readonly RuleText[]): readonly Pair[] {
  const [old, young] = [byIdentity(before), byIdentity(after)];
  const pairs = [...new Set([...old.keys(), ...young.keys()])].map((identity): Pair => ({
    was: old.get(identity),
    is: young.get(identity),
  }));
  const gone = byWay(pairs.flatMap(({ was, is }) => (was !== undefined && is === undefined ? [was] : [])));
  const came = byWay(pairs.flatMap(({ was, is }) => (was === undefined && is !== undefined ? [is] : [])));
  const other = new Map([...gone].flatMap(([way, was]) => (was === null ? [] : [[was, came.get(way) ?? undefined] as const])));
  const taken = new Set(other.values());
  return pairs.flatMap(({ was, is }): readonly Pair[] => {
    if (was === undefined) return taken.has(is) ? [] : [{ was, is }];
    return [{ was, is: is ?? other.get(was) }];
  });
}

/** Rules without a name by the way they measure, such as a metric; null where several do. */
function byWay(rules: readonly RuleText[]): ReadonlyMap<string, RuleText | null> {
  const found = new Map<string, RuleText | null>();
  for (const rule of rules) {
    const way = rule.id ?? rule.name ?? wayOf(rule);
    if (way !== null && way === wayOf(rule)) found.set(way, found.has(way) ? null : rule);
  }
  return found;
}

function wayOf({ metric, implementation }: RuleText): string | null {
  if (metric !== undefined) return metric;
  const isCheck = typeof implementation === 'object' && implementation !== null && 'check' in implementation;
  return isCheck && typeof implementation.check === 'string' ? `check ${implementation.check}` : null;
}

function byIdentity(rules: readonly RuleText[]): ReadonlyMap<string, RuleText> {
  const found = new Map<string, RuleText>();
  for (const rule of rules) {
    let identity = identityOf(rule);
    while (found.has(identity)) identity = `${identity}'`;
    found.set(identity, rule);
  }
  return found;
}

const libraryChecks: Readonly<Record<string, string>> = {
  nullValues: 'null_values',
  missingValues: 'missing_values',
  duplicateValues: 'duplicate_values',
  rowCount: 'row_count',
};

/** The name of its check after the column's; null where it has none that is known. */
function checkName(rule: RuleText): string | null {
  return rule.id ?? rule.name ?? (rule.metric === 'invalidValues' ? validName(rule) : (libraryChecks[rule.metric ?? ''] ?? null));
}

function validName({ arguments: given }: RuleText): string {
  return typeof given === 'object' && given !== null && 'validValues' in given ? 'valid_values' : 'valid_pattern';
}

function inWords(rule: RuleText): string {
  return rule.id ?? rule.name ?? rule.metric ?? rule.description ?? rule.query?.slice(0, 60) ?? shown(rule.implementation);
}

function isWarning({ severity = '' }: RuleText): boolean {
  return /^(info|warn|warning)$/i.test(severity);
}

interface Named {
  readonly place: Place;
  readonly aspect: string;
  readonly check: string | null;
  readonly what: string;
}

function changeOfRule(was: RuleText, is: RuleText, { place, aspect, check, what }: Named): Change {
  if (isWarning(was) !== isWarning(is)) {
    const direction = isWarning(is) ? 'weaker' : 'stronger';
    return changeAt(place, { aspect, direction, says: `the rule ${what} ${isWarning(is) ? 'only warns now' : 'stops a run now'}`, check });
  }
  const [a, b] = [measured(was), measured(is)];
  if (!isSame(a.what, b.what)) {
    const direction = was.metric === 'invalidValues' && is.metric === was.metric ? ofValidValues(was, is) : 'other';
    return changeAt(place, { aspect, direction, says: `the rule ${what} measures something else: ${differing(was, is)}`, check });
  }
  if (isSame(a.limit, b.limit))
    return changeAt(place, { aspect, direction: 'other', level: 'patch', says: `the words of the rule ${what} were changed` });
  const direction = ofLimits(a.limit, b.limit, was.unit === is.unit);
  return changeAt(place, { aspect, direction, says: `the limit of the rule ${what}: ${limitText(was)} -> ${limitText(is)}`, check });
}

function measured(rule: RuleText): { readonly what: unknown; readonly limit: unknown } {
  const { type, metric, query, engine, implementation, arguments: given, unit } = rule;
  return {
    what: [type ?? null, metric, query, engine, implementation, given],
    limit: [unit ?? 'rows', ...operators.map((operator) => rule[operator] ?? null)],
  };
}

function differing(was: RuleText, is: RuleText): string {
  const name = (['type', 'metric', 'query', 'engine', 'implementation', 'arguments'] as const).find((one) => !isSame(was[one], is[one]));
  return name === undefined ? 'more' : `${name} ${shown(was[name])} -> ${shown(is[name])}`;
}

/** More valid values are weaker, fewer stronger. */
function ofValidValues(was: RuleText, is: RuleText): Direction {
  const [old, young] = [validValues(was), validValues(is)];
  if (old === null || young === null) return 'other';
  if (old.every((value) => young.includes(value))) return 'weaker';
  return young.every((value) => old.includes(value)) ? 'stronger' : 'other';
}

function validValues({ arguments: given }: RuleText): readonly string[] | null {
  if (typeof given !== 'object' || given === null || !('validValues' in given) || Object.keys(given).length > 1) return null;
  return Array.isArray(given.validValues) ? given.validValues.map(canonical) : null;
}

/** What a number may be: from `low` to `high`, with or without the ends. */
interface Range {
  readonly low: number;
  readonly high: number;
  readonly withLow: boolean;
  readonly withHigh: boolean;
}

function ofLimits(was: unknown, is: unknown, isSameUnit: boolean): Direction {
  const [old, young] = [rangeOf(was), rangeOf(is)];
  if (!isSameUnit || old === null || young === null) return 'other';
  if (holds(old, young)) return 'stronger';
  return holds(young, old) ? 'weaker' : 'other';
}

/** Null for limits with a gap. */
function rangeOf(limit: unknown): Range | null {
  const values = Array.isArray(limit) ? (limit as readonly unknown[]).slice(1) : [];
  const index = values.findIndex((value) => value !== null);
  const operator: Operator | undefined = operators[index];
  const value = values[index];
  const open = { low: -Infinity, high: Infinity, withLow: false, withHigh: false };
  if (operator === 'mustBeBetween' && Array.isArray(value))
    return { low: Number(value[0]), high: Number(value[1]), withLow: false, withHigh: false };
  if (typeof value !== 'number') return null;
  if (operator === 'mustBe') return { low: value, high: value, withLow: true, withHigh: true };
  if (operator === 'mustBeGreaterThan') return { ...open, low: value };
  if (operator === 'mustBeGreaterOrEqualTo') return { ...open, low: value, withLow: true };
  if (operator === 'mustBeLessThan') return { ...open, high: value };
  if (operator === 'mustBeLessOrEqualTo') return { ...open, high: value, withHigh: true };
  return null;
}

/** Whether everything in the inner range is in the outer one. */
function holds(outer: Range, inner: Range): boolean {
  const low = inner.low > outer.low || (inner.low === outer.low && (outer.withLow || !inner.withLow));
  const high = inner.high < outer.high || (inner.high === outer.high && (outer.withHigh || !inner.withHigh));
  return low && high;
}

function limitText(rule: RuleText): string {
  const operator = operators.find((one) => rule[one] !== undefined && rule[one] !== null);
  return operator === undefined ? 'none' : `${operator} ${JSON.stringify(rule[operator])}${rule.unit === undefined ? '' : ` ${rule.unit}`}`;
}
