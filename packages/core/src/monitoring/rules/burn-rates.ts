import type { Severity } from './rule.ts';

/** An alert when both windows burn the error budget quicker than `factor` times what it would last for. */
export interface BurnRate {
  readonly severity: Severity;
  /** Ends the alert soon after the fault is over. */
  readonly short: string;
  /** Keeps a short fault from alerting. */
  readonly long: string;
  readonly factor: number;
}

/** Windows of every SLO, as durations of Prometheus; that of the SLO itself comes last. */
export const burnWindows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;

const hours = { '1h': 1, '6h': 6, '1d': 24, '3d': 72 } as const;

/** The share of the whole budget that is gone when the long window has burnt at the factor. Source: Google's SRE workbook, chapter 5. */
const spent = [
  { severity: 'page', short: '5m', long: '1h', share: 0.02 },
  { severity: 'page', short: '30m', long: '6h', share: 0.05 },
  { severity: 'ticket', short: '2h', long: '1d', share: 0.1 },
  { severity: 'ticket', short: '6h', long: '3d', share: 0.1 },
] as const;

/** The burn rates of an SLO over so many days: 14.4, 6, 3 and 1 for 30 days. */
export function burnRates(windowDays: number): readonly BurnRate[] {
  return spent.map(({ severity, short, long, share }) => ({
    severity,
    short,
    long,
    factor: decimal((share * windowDays * 24) / hours[long]),
  }));
}

/**
 * The share of bad answers at which a burn rate alerts. A generous budget over a long window would ask for more than everything, and
 * never alert: nine bad answers of ten are always enough.
 */
export function thresholdOf({ factor }: BurnRate, budget: number): number {
  return decimal(Math.min(factor * budget, 0.9));
}

/** A number without the last bits that binary arithmetic leaves: 1 - 0.999 is 0.001. */
export function decimal(value: number): number {
  return Number(value.toPrecision(12));
}
