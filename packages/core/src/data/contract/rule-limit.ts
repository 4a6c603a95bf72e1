import { shape } from '@tidegate/formats';
import { type Limit, type Operator, operators } from './data-contract.ts';
import type { RulePlace } from './rule-place.ts';

type LimitText = { readonly [K in Operator | 'unit']?: unknown };

/** The one operator of a rule with its number or numbers; null when there is a mistake, which is reported. */
export function limitOf(text: LimitText, { path, report }: RulePlace): Limit | null {
  const given = operators.filter((operator) => text[operator] !== undefined && text[operator] !== null);
  const [operator, second] = given;
  if (operator === undefined) {
    report(path, 'Cannot judge the rule: it says nothing of what the number must be', `Add one of: ${operators.join(', ')}`);
    return null;
  }
  if (second !== undefined) {
    report([...path, second], `Cannot judge the rule: it has "${operator}" and "${second}"`, 'Write one rule for each');
    return null;
  }
  const { unit = 'rows' } = text;
  if (unit !== 'rows' && unit !== 'percent') {
    report(
      [...path, 'unit'],
      `Cannot use the unit "${String(unit)}": a number is of rows or in percent of rows`,
      'Write "unit: rows" or "unit: percent"',
    );
    return null;
  }
  const values = valuesOf(operator, text[operator]);
  if (typeof values !== 'string') return { operator, values, unit };
  report([...path, operator], `Cannot use "${operator}": ${values}`, null);
  return null;
}

/** @returns the numbers, or what is wrong with them */
function valuesOf(operator: Operator, value: unknown): Limit['values'] | string {
  if (operator === 'mustBeBetween' || operator === 'mustNotBeBetween') return pairOf(value);
  if (typeof value === 'boolean' && (operator === 'mustBe' || operator === 'mustNotBe')) return [value ? 1 : 0];
  return typeof value === 'number' ? [value] : `it must be a number, found ${shape.describe(value)}`;
}

function pairOf(value: unknown): readonly [number, number] | string {
  const [low, high, ...more] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  if (typeof low !== 'number' || typeof high !== 'number' || more.length > 0)
    return `it must be a list of two numbers, found ${shape.describe(value)}`;
  return low < high ? [low, high] : `the smaller number comes first, found ${low} and ${high}`;
}
