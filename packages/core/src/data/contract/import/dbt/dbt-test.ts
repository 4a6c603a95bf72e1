import type { Json, JsonObject } from '@tidegate/formats';
import { asObject, textIn } from '../read-arguments.ts';
import type { LimitText } from '../foreign-rules.ts';

/** A test of dbt at a column or at a model. */
export interface DbtTest {
  /** Without its package: `not_null`, `accepted_range`. */
  readonly name: string;
  /** `dbt_utils`; null for those of dbt itself. */
  readonly package: string | null;
  readonly column: string | null;
  readonly given: JsonObject;
  /** SQL that is true of the rows that are tested. */
  readonly where: string | null;
  /** What the number of failures must be, and whether it only warns; one for errors and one for warnings where both are said. */
  readonly limits: readonly { readonly limit: LimitText; readonly isWarning: boolean }[];
  /** A limit that is no comparison with a number. */
  readonly unknownLimit: string | null;
  readonly isEnabled: boolean;
  readonly description: string | null;
  /** As it stands in the file, for messages. */
  readonly what: string;
}

const configKeys = [
  'severity',
  'where',
  'error_if',
  'warn_if',
  'enabled',
  'limit',
  'fail_calc',
  'store_failures',
  'store_failures_as',
  'tags',
  'meta',
];
const otherKeys = ['name', 'test_name', 'description', 'config', 'arguments'];

/** @returns null for what is no test */
export function readTest(entry: Json, column: string | null): DbtTest | null {
  const mapping = typeof entry === 'string' ? { [entry]: {} } : asObject(entry);
  if (mapping === null) return null;
  const named = textIn(mapping, 'test_name');
  const [first] = Object.keys(mapping);
  const name = named ?? first;
  if (name === undefined) return null;
  const body = named === null ? (asObject(mapping[name]) ?? {}) : mapping;
  // a test may be called by an alias with the settings beside it
  const config = {
    ...pick(body, configKeys),
    ...pick(mapping, configKeys),
    ...asObject(body['config']),
    ...(named === null && asObject(mapping['config'])),
  };
  const direct = Object.fromEntries(Object.entries(body).filter(([key]) => !configKeys.includes(key) && !otherKeys.includes(key)));
  const given = { ...direct, ...asObject(body['arguments']) };
  const [pack, own] = name.includes('.') ? [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)] : [null, name];
  return {
    name: own,
    package: pack === 'dbt' ? null : pack,
    column: textIn(given, 'column_name') ?? column,
    given: Object.fromEntries(Object.entries(given).filter(([key]) => key !== 'column_name')),
    where: textIn(config, 'where'),
    ...limitsIn(config),
    isEnabled: config['enabled'] !== false,
    description: textIn(body, 'description'),
    what: `${name}(${Object.entries(given)
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .join(', ')})`,
  };
}

function pick(from: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));
}

/** With severity "error", what does not break `error_if` can still break `warn_if`; with "warn" only that counts. */
function limitsIn(config: JsonObject): Pick<DbtTest, 'limits' | 'unknownLimit'> {
  const isWarning = (textIn(config, 'severity') ?? 'error').toLowerCase() === 'warn';
  const [errorIf, warnIf] = [textIn(config, 'error_if') ?? '!= 0', textIn(config, 'warn_if') ?? '!= 0'];
  const both = isWarning
    ? [{ text: warnIf, isWarning }]
    : [{ text: errorIf, isWarning: false }, ...(errorIf === warnIf ? [] : [{ text: warnIf, isWarning: true }])];
  const read = both.map(({ text, isWarning: warns }) => ({ limit: negated(text), isWarning: warns, text }));
  return {
    limits: read.flatMap(({ limit, isWarning: warns }) => (limit === null ? [] : [{ limit, isWarning: warns }])),
    unknownLimit: read.find(({ limit }) => limit === null)?.text ?? null,
  };
}

const opposites: { readonly [operator: string]: string } = {
  '>': 'mustBeLessOrEqualTo',
  '>=': 'mustBeLessThan',
  '<': 'mustBeGreaterOrEqualTo',
  '<=': 'mustBeGreaterThan',
  '=': 'mustNotBe',
  '==': 'mustNotBe',
  '!=': 'mustBe',
  '<>': 'mustBe',
};

/** What the number must be so that a condition such as `>10` does not hold; null when it is no comparison with a number. */
function negated(condition: string): LimitText | null {
  const found = /^\s*(>=|<=|!=|<>|==?|>|<)\s*(-?\d+(?:\.\d+)?)\s*$/.exec(condition);
  const operator = opposites[found?.[1] ?? ''];
  return found === null || operator === undefined ? null : { [operator]: Number(found[2]) };
}
