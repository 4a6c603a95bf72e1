import { failure } from '@tidegate/formats';

/** A moment as an option gives it, in milliseconds since 1970; without an offset it is in UTC. Null when the option was not given. @throws TG-CLI-USAGE */
export function momentOf(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const hasOffset = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) || !text.includes(':');
  const at = Date.parse(hasOffset ? text : `${text}Z`);
  if (/^\d{4}-\d{2}/.test(text) && !Number.isNaN(at)) return at;
  throw failure(
    'TG-CLI-USAGE',
    `Cannot read the moment "${text}": it is no ISO 8601 time`,
    `For example: --${option} 2013-09-01T00:00:00Z`,
  );
}
