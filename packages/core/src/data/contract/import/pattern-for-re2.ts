/** What other engines of patterns have and RE2 does not, as it stands in a pattern. */
const unknownToRe2: readonly (readonly [RegExp, string])[] = [
  [/\(\?<?[=!]/, 'look-around'],
  [/\(\?>/, 'an atomic group'],
  [/\(\?\(/, 'a condition'],
  [/\(\?P=|\\k<|\\[1-9]/, 'a back-reference'],
  [/[*+?}]\+/, 'a possessive quantifier'],
];

/** A pattern as RE2 takes it, or what it has that RE2 does not. */
export type ForRe2 = { readonly ok: true; readonly pattern: string } | { readonly ok: false; readonly has: string };

/**
 * A pattern of Python or ECMAScript for RE2, which finds it in the same texts but for `\d`, `\w`, `\s` and `\b`: there they mean ASCII. `\Z`
 * of Python is `\z`, `(?<name>` is `(?P<name>`, `\uXXXX` is `\x{XXXX}`, `\/` and `\-` need no backslash.
 */
export function patternForRe2(pattern: string): ForRe2 {
  const bare = pattern.replaceAll(/\\\\/g, '').replaceAll(/\[(?:\\.|[^\]\\])*\]/g, '[]');
  const found = unknownToRe2.find(([sign]) => sign.test(bare));
  if (found !== undefined) return { ok: false, has: found[1] };
  const translated = pattern.replaceAll(
    /\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\}|[\s\S])|\(\?<(?=[A-Za-z])/g,
    (sign, four: unknown, more: unknown) => {
      const code = typeof four === 'string' ? four : typeof more === 'string' ? more : null;
      if (code !== null) return `\\x{${code}}`;
      if (sign === '(?<') return '(?P<';
      return sign === '\\Z' ? '\\z' : sign === '\\/' ? '/' : sign;
    },
  );
  return { ok: true, pattern: translated };
}

/** A pattern of SQL's LIKE as RE2: `%` is any text, `_` any character, a backslash takes the next sign as it is. */
export function patternOfLike(like: string): string {
  const parts = [...like.matchAll(/\\([\s\S])|([\s\S])/gu)].map(([, escaped, plain]) => {
    if (plain === '%') return '.*';
    if (plain === '_') return '.';
    return (escaped ?? plain ?? '').replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&');
  });
  return `(?s)^${parts.join('')}$`;
}
