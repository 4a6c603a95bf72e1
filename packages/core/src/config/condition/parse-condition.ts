import { failed, ok, type Result } from '@tidegate/formats';
import type { Condition, Expression, Operand, Sign } from './condition.ts';
import { type Token, tokensOf } from './tokens.ts';

export interface ConditionFailure {
  /** What is wrong and at which character, counted from 1. */
  readonly message: string;
  readonly hint: string;
}

const longest = 1_000;
const deepest = 20;
const signs: readonly Sign[] = ['==', '!=', '<', '<=', '>', '>='];
const example = 'For instance: data.flights.rows > 1000 and models.delay.verdict == pass';

/**
 * Reads a condition: comparisons (`==`, `!=`, `<`, `<=`, `>`, `>=`) of what steps have measured with values, joined by `not`, `and`, `or`
 * (in this order of strength) and brackets; or `always`. It is data: nothing in it is ever run. Takes time proportional to its length.
 */
export function parseCondition(text: string): Result<Condition, ConditionFailure> {
  if (text.trim() === 'always') return ok({ text, test: 'always' });
  if (text.length > longest)
    return failed({ message: `Cannot read the condition: it is longer than ${longest} characters`, hint: example });
  try {
    return ok({ text, test: readAll(tokensOf(text)) });
  } catch (error) {
    if (error instanceof Unreadable) return failed({ message: error.message, hint: error.hint });
    throw error;
  }
}

class Unreadable extends Error {
  readonly hint: string;

  constructor(found: string, hint = example) {
    super(`Cannot read the condition: ${found}`);
    this.hint = hint;
  }
}

/** The tokens that are left to read, first one first. */
interface Rest {
  readonly tokens: readonly Token[];
  at: number;
}

function readAll(tokens: readonly Token[]): Expression {
  const rest: Rest = { tokens, at: 0 };
  const expression = readOr(rest, 0);
  if (peek(rest).kind !== 'end') throw new Unreadable(`${shown(peek(rest))} does not belong there`);
  return expression;
}

function readOr(rest: Rest, depth: number): Expression {
  let left = readAnd(rest, depth);
  while (takeWord(rest, 'or')) left = { kind: 'or', left, right: readAnd(rest, depth) };
  return left;
}

function readAnd(rest: Rest, depth: number): Expression {
  let left = readNot(rest, depth);
  while (takeWord(rest, 'and')) left = { kind: 'and', left, right: readNot(rest, depth) };
  return left;
}

function readNot(rest: Rest, depth: number): Expression {
  if (depth > deepest) throw new Unreadable(`it is nested more than ${deepest} deep`);
  if (takeWord(rest, 'not')) return { kind: 'not', of: readNot(rest, depth + 1) };
  if (peek(rest).text !== '(') return readComparison(rest);
  rest.at++;
  const inner = readOr(rest, depth + 1);
  if (peek(rest).text !== ')') throw new Unreadable(`a ")" is missing before ${shown(peek(rest))}`);
  rest.at++;
  return inner;
}

function readComparison(rest: Rest): Expression {
  const left = readOperand(rest);
  const token = peek(rest);
  const sign = signs.find((candidate) => candidate === token.text);
  if (sign === undefined) {
    const hint = token.text.startsWith('=') ? 'Write "==" for "is equal to"' : example;
    throw new Unreadable(`a comparison (${signs.join(' ')}) is missing before ${shown(token)}`, hint);
  }
  rest.at++;
  return { kind: 'compare', sign, left, right: readOperand(rest) };
}

function readOperand(rest: Rest): Operand {
  const token = peek(rest);
  rest.at++;
  switch (token.kind) {
    case 'number':
      return { kind: 'value', value: Number(token.text) };
    case 'text':
      return { kind: 'value', value: token.text.slice(1, -1) };
    case 'word':
      return { kind: 'value', value: token.text === 'true' || (token.text === 'false' ? false : token.text) };
    case 'name': {
      const end = token.text.lastIndexOf('.');
      return { kind: 'known', step: token.text.slice(0, end), member: token.text.slice(end + 1) };
    }
    default:
      throw new Unreadable(
        `${shown(token)} is no value and no name`,
        'A name has three parts: "data.flights.rows", "models.delay.verdict"',
      );
  }
}

function peek({ tokens, at }: Rest): Token {
  return tokens[at] ?? { kind: 'end', text: '', at: 0 };
}

function takeWord(rest: Rest, word: string): boolean {
  const isThere = peek(rest).kind === 'word' && peek(rest).text === word;
  if (isThere) rest.at++;
  return isThere;
}

function shown({ kind, text, at }: Token): string {
  return kind === 'end' ? 'its end' : `"${text}" (character ${at + 1})`;
}
