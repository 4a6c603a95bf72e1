/** A word or sign of a condition. */
export interface Token {
  readonly kind: 'sign' | 'number' | 'text' | 'name' | 'word' | 'unknown' | 'end';
  readonly text: string;
  /** Counts from 0. */
  readonly at: number;
}

const forms: readonly (readonly [Token['kind'], RegExp])[] = [
  ['sign', /(?:==|!=|<=|>=|<|>|\(|\))/y],
  ['number', /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y],
  ['text', /"[^"]*"|'[^']*'/y],
  ['name', /[a-z]+\.[A-Za-z0-9][A-Za-z0-9_-]*\.[A-Za-z0-9][A-Za-z0-9_-]*(?![\w.])/y],
  ['word', /[A-Za-z][A-Za-z0-9_-]*(?![\w.])/y],
  ['unknown', /\S[\w.-]*/y],
];

/** Splits a condition, in time proportional to its length; what has no meaning is `unknown`. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; ;) {
    while (/\s/.test(text.charAt(at))) at++;
    if (at >= text.length) return [...tokens, { kind: 'end', text: '', at }];
    const token = tokenAt(text, at);
    tokens.push(token);
    at += token.text.length;
  }
}

function tokenAt(text: string, at: number): Token {
  for (const [kind, form] of forms) {
    form.lastIndex = at;
    const found = form.exec(text)?.[0];
    if (found !== undefined) return { kind, text: found, at };
  }
  return { kind: 'unknown', text: text.charAt(at), at };
}
