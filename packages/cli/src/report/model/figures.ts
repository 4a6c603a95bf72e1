import { measured } from '../../render/figures.ts';

/** `0.744 (0.731 to 0.757)` */
export function withInterval({
  value,
  low,
  high,
}: {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}): string {
  return low === null || high === null ? figure(value) : `${figure(value)} (${figure(low)} to ${figure(high)})`;
}

function figure(value: number): string {
  return measured(value).replace('-', '−');
}

/** `+0.012`, `−0.003` */
export function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${measured(Math.abs(value))}`;
}

/** A difference with its interval, each with its sign. */
export function signedInterval({ value, low, high }: { readonly value: number; readonly low: number; readonly high: number }): string {
  return `${signed(value)} (${signed(low)} to ${signed(high)})`;
}
