import { unreachable } from '@tidegate/formats';
import type { Limit } from '../contract/data-contract.ts';

/** Whether a number is what it must be; `mustBeBetween` excludes both ends, `mustNotBeBetween` is its opposite. */
export function holds({ operator, values }: Limit, found: number): boolean {
  const [first, second = first] = values;
  switch (operator) {
    case 'mustBe':
      return found === first;
    case 'mustNotBe':
      return found !== first;
    case 'mustBeGreaterThan':
      return found > first;
    case 'mustBeGreaterOrEqualTo':
      return found >= first;
    case 'mustBeLessThan':
      return found < first;
    case 'mustBeLessOrEqualTo':
      return found <= first;
    case 'mustBeBetween':
      return found > first && found < second;
    case 'mustNotBeBetween':
      return found <= first || found >= second;
    default:
      return unreachable(operator);
  }
}

/** A limit in words, to stand after "is" or "are": `at most 5`, `less than 1 percent of rows`. */
export function limitInWords({ operator, values, unit }: Limit): string {
  const [first, second] = values;
  const suffix = unit === 'percent' ? ' percent of rows' : '';
  switch (operator) {
    case 'mustBe':
      return `exactly ${first}${suffix}`;
    case 'mustNotBe':
      return `not ${first}${suffix}`;
    case 'mustBeGreaterThan':
      return `more than ${first}${suffix}`;
    case 'mustBeGreaterOrEqualTo':
      return `at least ${first}${suffix}`;
    case 'mustBeLessThan':
      return `less than ${first}${suffix}`;
    case 'mustBeLessOrEqualTo':
      return `at most ${first}${suffix}`;
    case 'mustBeBetween':
      return `between ${first} and ${second}${suffix}, both excluded`;
    case 'mustNotBeBetween':
      return `not between ${first} and ${second}${suffix}`;
    default:
      return unreachable(operator);
  }
}
