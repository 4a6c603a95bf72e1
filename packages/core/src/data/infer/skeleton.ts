import { quoteText } from '@tidegate/runtime';

/** A text with every run of letters and digits (of ASCII) as one `w`: what all texts of a code have in common. */
export function skeletonSql(sql: string): string {
  return `regexp_replace(${sql}, '[A-Za-z0-9]+', 'w', 'g')`;
}

/** SQL that is true of a text with this skeleton. */
export function hasSkeletonSql(sql: string, skeleton: string): string {
  const parts = [...skeleton].map((sign) => (sign === 'w' ? '[A-Za-z0-9]+' : `\\x{${(sign.codePointAt(0) ?? 0).toString(16)}}`));
  return `regexp_full_match(${sql}, ${quoteText(parts.join(''))})`;
}
