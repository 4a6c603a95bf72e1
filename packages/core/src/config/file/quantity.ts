import { shape } from '@tidegate/formats';

const milliseconds = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** Decimal as disks and networks count (kB, MB, GB), binary with an `i` (KiB, MiB, GiB). */
const bytes = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** A duration with its unit (`20ms`, `1.5h`, `30d`) as milliseconds. */
export function duration(description: string): shape.Shape<number> {
  return shape.described(quantity(milliseconds, 'a duration such as "20ms", "90s", "5m", "1h" or "30d"'), description);
}

/** A size with its unit (`20MB`, `1.5GiB`) as bytes. */
export function size(description: string): shape.Shape<number> {
  return shape.described(quantity(bytes, 'a size such as "500kB", "20MB" or "1GiB"'), description);
}

/** @returns null for a text that is no duration with its unit */
export function durationOf(text: string): number | null {
  return amountOf(text, milliseconds);
}

/** @returns null for a text that is no size with its unit */
export function sizeOf(text: string): number | null {
  return amountOf(text, bytes);
}

function amountOf(text: string, units: { readonly [unit: string]: number }): number | null {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return factor === undefined ? null : Math.round(Number.parseFloat(amount) * factor);
}

function quantity(units: { readonly [unit: string]: number }, wants: string): shape.Shape<number> {
  const pattern = new RegExp(`^\\d+(\\.\\d+)? ?(${Object.keys(units).join('|')})$`);
  return shape.map(shape.text({ pattern, wants }), (text) => {
    const unit = /[A-Za-z]+$/.exec(text)?.[0] ?? '';
    return Math.round(Number.parseFloat(text) * (units[unit] ?? 1));
  });
}

const percent = shape.map(shape.text({ pattern: /^\d+(\.\d+)? ?%$/, wants: 'a share such as 0.2 or "20%"' }), (text) =>
  // through the decimal text, so that 20% is 0.2 and 0.7% is 0.007 to the last digit
  Number(`${Number.parseFloat(text)}e-2`),
);

const isText = (value: unknown): 'first' | 'second' => (typeof value === 'string' ? 'first' : 'second');

/** A share between 0 and 1, as a number (`0.2`) or a percentage (`20%`). `most` is the largest allowed, by default 1. */
export function share(description: string, limits: { readonly most?: number; readonly fallback?: number } = {}): shape.Shape<number> {
  const { most = 1, fallback } = limits;
  const either = shape.either(percent, shape.number({ minimum: 0, maximum: 1 }), isText);
  const checked = shape.map(either, (value, report) => {
    if (value > most) report(`A share must be at most ${most}: found ${value}`);
    return value;
  });
  return shape.described(checked, description, fallback);
}

/** A loss that counts as equal: a number in the metric's unit, or a percentage of the champion's value. */
export function margin(description: string): shape.Shape<{ readonly kind: 'absolute' | 'relative'; readonly value: number }> {
  const relative = shape.map(percent, (value) => ({ kind: 'relative', value }) as const);
  const absolute = shape.map(shape.number({ minimum: 0 }), (value) => ({ kind: 'absolute', value }) as const);
  return shape.described(shape.either(relative, absolute, isText), description);
}
