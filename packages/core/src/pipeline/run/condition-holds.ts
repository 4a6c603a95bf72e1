import { failure, type Json, type StepName, type StepRecord, unreachable, worstVerdict } from '@tidegate/formats';
import type { Condition, Expression, Operand, Sign } from '../../config/index.ts';

/** What is known of a step that came to a result. */
export type KnownOf = (step: string) => Pick<StepRecord, 'evidence' | 'facts'> | undefined;

/**
 * Whether a condition holds: names read what the step measured, `verdict` (the worst of its evidence) or a fact such as `rows`.
 *
 * @throws TG-PIPELINE-CONDITION when something is not known, or two values cannot be compared: a condition is never guessed
 */
export function conditionHolds(step: StepName, { text, test }: Condition, known: KnownOf): boolean {
  const cannot = (found: string, hint: string): Error =>
    failure('TG-PIPELINE-CONDITION', `Cannot decide whether "${step}" runs by "${text}": ${found}`, hint);
  return test === 'always' || holds(test, { known, cannot });
}

interface Reading {
  readonly known: KnownOf;
  readonly cannot: (found: string, hint: string) => Error;
}

/** The parser allows twenty levels, so this may call itself; what stands side by side, left of each other, goes round the loop. */
function holds(expression: Expression, reading: Reading): boolean {
  switch (expression.kind) {
    case 'and':
      return sides(expression, 'and').every((side) => holds(side, reading));
    case 'or':
      return sides(expression, 'or').some((side) => holds(side, reading));
    case 'not':
      return !holds(expression.of, reading);
    case 'compare':
      return compares(expression.sign, { left: valueOf(expression.left, reading), right: valueOf(expression.right, reading) }, reading);
    default:
      return unreachable(expression);
  }
}

function sides(expression: Expression, kind: 'and' | 'or'): readonly Expression[] {
  const found: Expression[] = [];
  let rest = expression;
  for (; rest.kind === kind; rest = rest.left) found.push(rest.right);
  return [...found, rest].toReversed();
}

type Value = string | number | boolean;

function valueOf(operand: Operand, { known, cannot }: Reading): Value {
  if (operand.kind === 'value') return operand.value;
  const { step, member } = operand;
  const result = known(step);
  const values = new Map<string, Json>(Object.entries(result?.facts ?? {}));
  if (result !== undefined && result.evidence.length > 0)
    values.set('verdict', worstVerdict(result.evidence.map(({ verdict }) => verdict)));
  const value = values.get(member);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  const names = [...values].filter(([, other]) => other !== null && typeof other !== 'object').map(([name]) => name);
  throw cannot(
    `"${step}" has no "${member}"`,
    names.length === 0 ? `"${step}" has measured nothing` : `It has: ${names.slice(0, 20).join(', ')}`,
  );
}

function compares(sign: Sign, { left, right }: { readonly left: Value; readonly right: Value }, { cannot }: Reading): boolean {
  if (typeof left !== typeof right)
    throw cannot(`${shown(left)} and ${shown(right)} cannot be compared`, 'Compare numbers with numbers, and words with words');
  switch (sign) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return unreachable(sign);
  }
}

function shown(value: Value): string {
  return typeof value === 'string' ? `the text "${value}"` : `the ${typeof value === 'number' ? 'number' : 'truth value'} ${String(value)}`;
}
