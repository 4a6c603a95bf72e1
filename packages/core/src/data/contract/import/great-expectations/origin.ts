import type { Json, JsonObject } from '@tidegate/formats';
import type { RuleText } from '../foreign-rules.ts';
import { asObject, objectsIn } from '../read-arguments.ts';
import type { Expectation } from './expectation.ts';

/** Name of the custom property with the expectation that a query was made of, so that it can become one again. */
const originProperty = 'greatExpectations.expectation';

/** A rule that is no expectation by itself, with the expectation that it was made of. */
export function withOrigin(rule: RuleText, { type, kwargs }: Expectation): RuleText {
  const isLost = rule['type'] === 'sql' || asObject(rule['implementation'])?.['check'] === 'allOrNone';
  return isLost ? { ...rule, customProperties: [{ property: originProperty, value: { type, kwargs } }] } : rule;
}

/** @returns null when the rule was made of no expectation */
export function originIn(rule: JsonObject): JsonObject | null {
  const found: Json | undefined = objectsIn(rule, 'customProperties').find(({ property }) => property === originProperty)?.['value'];
  return asObject(found);
}
