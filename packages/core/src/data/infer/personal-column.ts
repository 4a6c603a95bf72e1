import { quoteText } from '@tidegate/runtime';

/** Patterns (RE2) of texts that say who somebody is. */
const patterns = {
  email: '^[^@\\s]+@[^@\\s]+\\.[A-Za-z]{2,}$',
  phone: '^(\\+|00)[1-9][0-9 ()./-]{6,}[0-9]$|^\\(?[0-9]{3}\\)?[ .-][0-9]{3}[ .-][0-9]{4}$',
  iban: '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$',
} as const;

const words: { readonly [K in keyof typeof patterns]: string } = {
  email: 'e-mail addresses',
  phone: 'telephone numbers',
  iban: 'numbers of bank accounts',
};

/** Names of columns that hardly anything else has. */
const telling =
  /^(e_?mail(_?address)?|(first|last|middle|given|family|full|maiden)_?name|sur_?name|(tele)?phone(_?(no|number))?|mobile(_?(no|number))?|(street|postal|home)_?address|date_?of_?birth|birth_?(date|day)|dob|ssn|social_?security(_?(no|number))?|passport(_?(no|number))?|iban|credit_?card(_?(no|number))?|ip_?address)$/i;

/** What a text of the kind has, which costs next to nothing to ask: only then it is held against the pattern. */
const signs: { readonly [K in keyof typeof patterns]: (sql: string) => string } = {
  email: (sql) => `contains(${sql}, '@')`,
  phone: (sql) => `ascii(${sql}) BETWEEN 40 AND 57`,
  iban: (sql) => `ascii(${sql}) BETWEEN 65 AND 90`,
};

/** By kind, SQL that is true of a text of it. */
export function looksPersonalSql(sql: string): { readonly [kind: string]: string } {
  const kinds = Object.keys(patterns) as (keyof typeof patterns)[];
  return Object.fromEntries(
    kinds.map((kind) => [kind, `CASE WHEN ${signs[kind](sql)} THEN regexp_matches(${sql}, ${quoteText(patterns[kind])}) ELSE false END`]),
  );
}

/** Why the values of a column seem to be those of persons; null when they do not. */
export function personalReason(
  name: string,
  { found, values }: { readonly found: { readonly [kind: string]: number }; readonly values: number },
): string | null {
  const kinds = Object.keys(words) as (keyof typeof words)[];
  const kind = kinds.find((one) => values > 0 && (found[one] ?? 0) >= 0.8 * values);
  if (kind !== undefined) return `its values look like ${words[kind]}`;
  return telling.test(name.replaceAll(/[\s-]/g, '_')) ? 'its name says so' : null;
}
