import type { JsonObject, LogicalType } from '@tidegate/formats';
import { flagAt, numberAt, textAt, textsAt, valuesAt } from '../../check-arguments.ts';
import type { RuleBody } from '../../data-contract.ts';
import { isStrict } from '../exported.ts';

/** The keywords that say a rule of each value, or why there are none. */
export function ruleKeywords(body: RuleBody, type: LogicalType | null): JsonObject | string {
  if (body.kind === 'custom') return `it is for ${body.engine}`;
  if (body.kind === 'sql') return 'a query is no keyword';
  if (!isStrict(body.limit)) return 'a schema holds for each value, not for a share of them';
  switch (body.kind) {
    case 'invalidValues': {
      if (body.valid !== null && body.pattern !== null) return { enum: body.valid, pattern: body.pattern };
      return body.valid === null ? { pattern: body.pattern ?? '' } : { enum: body.valid.filter((value) => value !== null) };
    }
    case 'nullValues':
      return { not: { type: 'null' } };
    case 'missingValues':
      return { not: { enum: body.missing } };
    case 'duplicateValues':
    case 'rowCount':
      return 'a schema of a row says nothing of other rows';
    case 'check':
      return checkKeywords(body, type);
  }
}

function checkKeywords({ check, given }: Extract<RuleBody, { readonly kind: 'check' }>, type: LogicalType | null): JsonObject | string {
  const isText = type === 'string' || type === null;
  switch (check) {
    case 'notInSet':
      return { not: { enum: valuesAt(given, 'values') } };
    case 'between': {
      const strictly = flagAt(given, 'strictly');
      const [min, max] = [numberAt(given, 'min'), numberAt(given, 'max')];
      return {
        ...(min !== null && { [strictly ? 'exclusiveMinimum' : 'minimum']: min }),
        ...(max !== null && { [strictly ? 'exclusiveMaximum' : 'maximum']: max }),
      };
    }
    case 'positive':
      return { exclusiveMinimum: 0 };
    case 'negative':
      return { exclusiveMaximum: 0 };
    case 'nonNegative':
      return { minimum: 0 };
    case 'notZero':
      return { not: { const: 0 } };
    case 'whole':
      return { multipleOf: 1 };
    case 'lengthBetween': {
      const [min, max] = [numberAt(given, 'min'), numberAt(given, 'max')];
      return { ...(min !== null && { minLength: min }), ...(max !== null && { maxLength: max }) };
    }
    case 'matchesAny':
      return { pattern: anyOf(textsAt(given, 'patterns')) };
    case 'doesNotMatch':
      return { not: { type: 'string', pattern: textAt(given, 'pattern') } };
    case 'startsWith':
      return { pattern: `^${anyOf(textsAt(given, 'texts').map(literally))}` };
    case 'endsWith':
      return { pattern: `${anyOf(textsAt(given, 'texts').map(literally))}$` };
    case 'contains':
      return { pattern: anyOf(textsAt(given, 'texts').map(literally)) };
    case 'doesNotContain':
      return { not: { type: 'string', pattern: anyOf(textsAt(given, 'texts').map(literally)) } };
    case 'notBlank':
      return isText ? { pattern: '[^ ]' } : 'no keyword says it';
    default:
      return 'no keyword says it';
  }
}

function anyOf(patterns: readonly string[]): string {
  return patterns.length === 1 ? `(?:${patterns[0] ?? ''})` : `(?:${patterns.map((one) => `(?:${one})`).join('|')})`;
}

/** A text as a pattern that finds just it. */
function literally(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}/]/g, '\\$&');
}
