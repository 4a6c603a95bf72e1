import { failure } from '@tidegate/formats';

/** A moment as an option gives it, in milliseconds since 1970; null when the option was not given. @throws TG-CLI-USAGE */
export function momentOf(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw failure(
      'TG-CLI-USAGE',
      `Cannot read the moment "${text}": it is no ISO 8601 time`,
      `For example: --${option} 2013-09-01T00:00:00Z`,
    );
  return at;
}
