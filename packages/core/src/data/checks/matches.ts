import { quoteText } from '@tidegate/runtime';

/**
 * SQL for a text in which a pattern (RE2) is found. One that is anchored at both ends is asked for as a whole, which takes the engine half of the time: it says nothing of what is
 * before and after, so that the first character that does not fit decides.
 */
export function matches(sql: string, pattern: string): string {
  const whole = /\(\?[^:]/.test(pattern) ? undefined : anchored.exec(pattern)?.[1];
  return whole === undefined ? `regexp_matches(${sql}, ${quoteText(pattern)})` : `regexp_full_match(${sql}, ${quoteText(whole)})`;
}

/** Without alternatives, which an anchor may belong to one of, groups with flags, and a `$` that is a character. */
const anchored = /^\^((?:[^|\\]|\\[^Q])*)\$$/;
