import { durationOf, sizeOf } from '@tidegate/core';
import { failure } from '@tidegate/formats';

/** `--grace 12h` as milliseconds; undefined when it is not given. @throws TG-CLI-USAGE */
export function durationOption(name: string, text: string | undefined): number | undefined {
  return read(text, { name, parse: durationOf, wants: 'a duration such as "90s", "10min" or "1d"' });
}

/** `--keep-bytes 20GB` as bytes. @throws TG-CLI-USAGE */
export function sizeOption(name: string, text: string | undefined): number | undefined {
  return read(text, { name, parse: sizeOf, wants: 'a size such as "500MB" or "20GB"' });
}

/** `--rate 50MB/s` as bytes a second. @throws TG-CLI-USAGE */
export function rateOption(name: string, text: string | undefined): number | undefined {
  const parse = (rate: string): number | null => (rate.endsWith('/s') ? sizeOf(rate.slice(0, -2)) : null);
  return read(text, { name, parse, wants: 'a rate such as "50MB/s"' });
}

/** `--keep-runs 20`. @throws TG-CLI-USAGE */
export function countOption(name: string, text: string | undefined): number | undefined {
  return read(text, { name, parse: (count) => (/^\d{1,9}$/.test(count) ? Number(count) : null), wants: 'a whole number' });
}

interface Quantity {
  readonly name: string;
  readonly parse: (text: string) => number | null;
  readonly wants: string;
}

function read(text: string | undefined, { name, parse, wants }: Quantity): number | undefined {
  if (text === undefined) return undefined;
  const found = parse(text);
  if (found === null) throw failure('TG-CLI-USAGE', `Cannot read --${name}: "${text}" is not ${wants}`, `Write --${name} as ${wants}`);
  return found;
}
