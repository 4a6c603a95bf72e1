import { failure } from '@tidegate/formats';

/** Whether a line is one that is looked for. */
export type LineMatcher = (line: string) => boolean;

/**
 * A text that a line must have in it, or between slashes a pattern: letters as they are, `.`, `[a-z]`, `[^…]`, `\d \w \s`, `^ $`, groups, `|`, `* + ?`.
 * Every pattern is matched in time that grows with the length of the line times that of the pattern, whatever they are (Thompson 1968): no line of a
 * step's can hold the search up.
 *
 * @throws TG-CLI-USAGE for a pattern that is none
 */
export function lineMatcher(pattern: string): LineMatcher {
  const [, inner] = /^\/([^]+)\/$/.exec(pattern) ?? [];
  if (inner === undefined) return (line) => line.includes(pattern);
  const program = compile(inner);
  return (line) => runs(program, line);
}

/** Longer patterns are refused: each character of a line costs one step for each of the pattern. */
const longestPattern = 200;

type Instruction =
  | { readonly kind: 'one'; readonly takes: (character: string) => boolean }
  | { readonly kind: 'both'; readonly first: number; readonly second: number }
  | { readonly kind: 'start' | 'end' | 'found' };

type Tree =
  | { readonly kind: 'one'; readonly takes: (character: string) => boolean }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'either'; readonly parts: readonly Tree[] }
  | { readonly kind: 'repeat'; readonly part: Tree; readonly least: 0 | 1; readonly many: boolean };

function compile(pattern: string): readonly Instruction[] {
  if (pattern.length > longestPattern) throw wrong(pattern, `it is longer than ${longestPattern} characters`);
  const program: Instruction[] = [];
  emit(parse(pattern), program);
  program.push({ kind: 'found' });
  return program;
}

function emit(tree: Tree, program: Instruction[]): void {
  const fork = (): number => program.push({ kind: 'start' }) - 1; // its place; filled in below
  const both = (at: number, first: number, second: number): void => void (program[at] = { kind: 'both', first, second });
  switch (tree.kind) {
    case 'sequence':
      for (const part of tree.parts) emit(part, program);
      return;
    case 'either': {
      const ends: number[] = [];
      for (const [index, part] of tree.parts.entries()) {
        const at = index < tree.parts.length - 1 ? fork() : null;
        emit(part, program);
        if (at === null) continue;
        ends.push(fork());
        both(at, at + 1, program.length);
      }
      for (const end of ends) both(end, program.length, program.length);
      return;
    }
    case 'repeat': {
      const at = tree.least === 0 ? fork() : null;
      const start = program.length;
      emit(tree.part, program);
      if (tree.many) {
        const again = fork();
        both(again, start, program.length);
      }
      if (at !== null) both(at, at + 1, program.length);
      return;
    }
    default:
      program.push(tree);
  }
}

function parse(pattern: string): Tree {
  let at = 0;
  const peek = (): string => pattern[at] ?? '';
  const either = (depth: number): Tree => {
    if (depth > 20) throw wrong(pattern, 'its groups are nested too deep');
    const parts = [sequence(depth)];
    while (peek() === '|') {
      at++;
      parts.push(sequence(depth));
    }
    return parts.length === 1 ? (parts[0] ?? { kind: 'sequence', parts: [] }) : { kind: 'either', parts };
  };
  const sequence = (depth: number): Tree => {
    const parts: Tree[] = [];
    while (at < pattern.length && peek() !== '|' && peek() !== ')') parts.push(repeated(single(depth)));
    return { kind: 'sequence', parts };
  };
  const repeated = (part: Tree): Tree => {
    const sign = peek();
    if (sign !== '*' && sign !== '+' && sign !== '?') return part;
    at++;
    if ('*+?'.includes(peek()) && peek() !== '') throw wrong(pattern, `"${sign}${peek()}" stands at character ${at}`);
    return { kind: 'repeat', part, least: sign === '+' ? 1 : 0, many: sign !== '?' };
  };
  const single = (depth: number): Tree => {
    const character = peek();
    at++;
    switch (character) {
      case '(': {
        const inner = either(depth + 1);
        if (peek() !== ')') throw wrong(pattern, 'a ")" is missing');
        at++;
        return inner;
      }
      case '[':
        return { kind: 'one', takes: set() };
      case '.':
        return { kind: 'one', takes: () => true };
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '\\':
        return { kind: 'one', takes: escaped() };
      case '*':
      case '+':
      case '?':
      case '{':
        throw wrong(pattern, `"${character}" at character ${at} has nothing to repeat, or is not known`);
      default:
        return { kind: 'one', takes: (other) => other === character };
    }
  };
  const escaped = (): ((character: string) => boolean) => {
    const character = peek();
    at++;
    if (character === '') throw wrong(pattern, 'it ends with "\\"');
    const classes: { readonly [name: string]: RegExp } = { d: /\d/, D: /\D/, w: /\w/, W: /\W/, s: /\s/, S: /\S/ };
    const known = classes[character];
    if (known !== undefined) return (other) => known.test(other);
    if (/[a-zA-Z0-9]/.test(character)) throw wrong(pattern, `"\\${character}" is not known`);
    return (other) => other === character;
  };
  const set = (): ((character: string) => boolean) => {
    const isNegated = peek() === '^';
    if (isNegated) at++;
    const members: ((character: string) => boolean)[] = [];
    for (let isFirst = true; at < pattern.length && (peek() !== ']' || isFirst); isFirst = false) {
      const from = peek();
      at++;
      if (from === '\\') members.push(escaped());
      else if (peek() === '-' && pattern[at + 1] !== ']' && at + 1 < pattern.length) {
        const to = pattern[at + 1] ?? '';
        at += 2;
        members.push((other) => from <= other && other <= to);
      } else members.push((other) => other === from);
    }
    if (peek() !== ']') throw wrong(pattern, 'a "]" is missing');
    at++;
    return (other) => members.some((member) => member(other)) !== isNegated;
  };
  const tree = either(0);
  if (at < pattern.length) throw wrong(pattern, 'a ")" is too many');
  return tree;
}

/** All states at once, one character after another; a match may begin anywhere. */
function runs(program: readonly Instruction[], line: string): boolean {
  let states = new Set<number>();
  for (let at = 0; at <= line.length; at++) {
    if (add(program, states, { state: 0, at, line })) return true;
    if (at === line.length) return false;
    const next = new Set<number>();
    for (const state of states) {
      const instruction = program[state];
      if (instruction?.kind !== 'one' || !instruction.takes(line[at] ?? '')) continue;
      if (add(program, next, { state: state + 1, at: at + 1, line })) return true;
    }
    states = next;
  }
  return false;
}

/** Adds a state with all that it leads to without a character. @returns whether the end of the pattern is among them */
function add(
  program: readonly Instruction[],
  states: Set<number>,
  { state: first, at, line }: { readonly state: number; readonly at: number; readonly line: string },
): boolean {
  const waiting = [first];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    if (states.has(state)) continue;
    states.add(state);
    const instruction = program[state];
    if (instruction?.kind === 'found') return true;
    if (instruction?.kind === 'both') waiting.push(instruction.second, instruction.first);
    if ((instruction?.kind === 'start' && at === 0) || (instruction?.kind === 'end' && at === line.length)) waiting.push(state + 1);
  }
  return false;
}

function wrong(pattern: string, found: string): Error {
  return failure(
    'TG-CLI-USAGE',
    `Cannot search for "/${pattern}/": ${found}`,
    'Leave the slashes out to search for a text as it is, for example: tidegate log steps.train --grep "loss ="',
  );
}
