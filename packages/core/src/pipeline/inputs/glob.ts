/** One part of a pattern between two slashes. */
export type GlobPart =
  | { readonly kind: 'name'; readonly name: string }
  /** `**`: any number of folders, none as well. */
  | { readonly kind: 'any-depth' }
  | { readonly kind: 'wild'; readonly matches: (name: string) => boolean };

/** What a pattern's braces stand for, each as its parts. */
export type GlobAlternatives = readonly (readonly GlobPart[])[];

const mostAlternatives = 1_000;

/**
 * Reads a glob as the shell knows it: `*` and `?` within a name, `**` over folders, `[a-z]`, `[!a]`, `{a,b}`. Wildcards do not match a
 * name's leading dot. Null when its braces stand for more than 1,000 patterns.
 */
export function parseGlob(pattern: string): GlobAlternatives | null {
  const expanded = expandBraces(pattern);
  return expanded?.map((text) => text.split('/').map(partOf)) ?? null;
}

/** Whether a text has any of the characters that mean something in a glob. */
export function isGlob(text: string): boolean {
  return /[*?[\]{}]/.test(text);
}

function partOf(text: string): GlobPart {
  if (text === '**') return { kind: 'any-depth' };
  if (!isGlob(text)) return { kind: 'name', name: text };
  const tokens = tokensOf(text);
  return { kind: 'wild', matches: (name) => (text.startsWith('.') || !name.startsWith('.')) && isMatch(tokens, [...name]) };
}

/** The innermost braces first, so that nested ones come out too; text without a comma between its braces stays as it is. */
function expandBraces(pattern: string): readonly string[] | null {
  const done: string[] = [];
  const open = [pattern];
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    const match = /\{([^{}]*,[^{}]*)\}/.exec(text);
    if (match === null) done.push(text);
    else
      for (const choice of (match[1] ?? '').split(',').reverse())
        open.push(text.slice(0, match.index) + choice + text.slice(match.index + match[0].length));
    if (done.length + open.length > mostAlternatives) return null;
  }
  return done;
}

type Token = 'star' | ((character: string) => boolean);

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const rest = [...text];
  for (let at = 0; at < rest.length; at++) {
    const character = rest[at] ?? '';
    const close = character === '[' ? rest.indexOf(']', at + (rest[at + 1] === '!' ? 3 : 2)) : -1;
    if (character === '*') tokens.push('star');
    else if (character === '?') tokens.push(() => true);
    else if (close > 0) {
      tokens.push(setOf(rest.slice(at + 1, close)));
      at = close;
    } else tokens.push((other) => other === character);
  }
  return tokens;
}

function setOf(inside: readonly string[]): (character: string) => boolean {
  const isNegated = inside[0] === '!';
  const members = isNegated ? inside.slice(1) : inside;
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < members.length; at++) {
    const from = members[at] ?? '';
    const to = members[at + 1] === '-' ? members[at + 2] : undefined;
    ranges.push([from, to ?? from]);
    if (to !== undefined) at += 2;
  }
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== isNegated;
}

/** On a mismatch only the last star is tried again, one character longer: at most pattern × name steps, never exponential. */
function isMatch(tokens: readonly Token[], name: readonly string[]): boolean {
  let token = 0;
  let star = -1;
  let starAt = 0;
  for (let at = 0; at < name.length;) {
    const expected = tokens[token];
    if (expected === 'star') {
      star = token++;
      starAt = at;
    } else if (expected?.(name[at] ?? '')) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++starAt;
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === 'star');
}
