import type { Span } from './partition-rule.ts';

/** How many characters of `2026-01-02T05` tell one. */
const lengths: { readonly [S in Span]: number } = { year: 4, month: 7, day: 10, hour: 13 };

/**
 * The span of time in which a moment lies, as `2026-01` for a month; times without a zone are taken as they are. Reads `2026`, `2026-01`, `2026-01-02`, `20260102`,
 * `2026010205` and what follows a date after `T`, a space or `-`.
 *
 * @returns null for a text that is no moment, or does not say which span it is
 */
export function spanOf(text: string, unit: Span): string | null {
  const [, year = '', month = '01', day = '01', hour = '00'] =
    /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T -](\d{2})(?:[:.\d]*)(?:Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?$/.exec(text) ??
    /^(\d{4})(\d{2})(\d{2})(\d{2})?$/.exec(text) ??
    [];
  const given = text.replaceAll(/\D/g, '').length;
  const wanted = { year: 4, month: 6, day: 8, hour: 10 }[unit];
  if (year === '' || given < wanted) return null;
  const moment = new Date(Date.UTC(0, Number(month) - 1, Number(day), Number(hour)));
  moment.setUTCFullYear(Number(year));
  const full = isoOf(moment);
  return full === `${year}-${month}-${day}T${hour}` ? full.slice(0, lengths[unit]) : null;
}

/** The span in which the moment lies that is so many milliseconds before a span begins. */
export function spanBefore(span: string, ms: number, unit: Span): string {
  const [year = 0, month = 1, day = 1, hour = 0] = span.split(/[-T]/).map(Number);
  const begin = new Date(Date.UTC(0, month - 1, day, hour));
  begin.setUTCFullYear(year);
  return isoOf(new Date(begin.getTime() - ms)).slice(0, lengths[unit]);
}

function isoOf(moment: Date): string {
  const part = (value: number, length: number): string => String(value).padStart(length, '0');
  const date = `${part(moment.getUTCFullYear(), 4)}-${part(moment.getUTCMonth() + 1, 2)}-${part(moment.getUTCDate(), 2)}`;
  return `${date}T${part(moment.getUTCHours(), 2)}`;
}
