import type { Metric, Verdict } from '@tidegate/formats';
import { normalQuantile } from '@tidegate/runtime';
import { count, figure, percent } from '../evidence/index.ts';
import type { EvaluateSettings } from './evaluate-settings.ts';
import type { Finding } from './evidence.ts';

/** The absolute limits of the gate, each judged by the interval of the metric and not by its value. */
export function judgeLimits({ gate }: Pick<EvaluateSettings, 'gate'>, metrics: readonly Metric[]): readonly Finding[] {
  const find = (name: string): Metric | null => metrics.find((metric) => metric.name === name) ?? null;
  return [
    ...Object.entries(gate.min).map(([name, limit]) => judgeLimit({ side: 'min', name, limit }, find(name), gate.confidence)),
    ...Object.entries(gate.max).map(([name, limit]) => judgeLimit({ side: 'max', name, limit }, find(name), gate.confidence)),
  ];
}

interface Limit {
  readonly side: 'min' | 'max';
  readonly name: string;
  readonly limit: number;
}

function judgeLimit(limit: Limit, metric: Metric | null, confidence: number): Finding {
  const finding = { kind: 'limit' as const, name: `${limit.side}.${limit.name}`, details: { ...limit, measured: metric, confidence } };
  if (metric === null || metric.low === null || metric.high === null)
    return {
      ...finding,
      verdict: 'inconclusive',
      reason: `${limit.name} cannot be measured with an interval on these rows, so its limit ${figure(limit.limit)} is not judged`,
    };
  const { low, high } = metric;
  const verdict = verdictOf(limit, low, high);
  const asked = `${limit.side === 'min' ? 'at least' : 'at most'} ${figure(limit.limit)} is asked`;
  const measured = `${limit.name} is ${figure(metric.value)} (${percent(metric.confidence)} interval ${figure(low)} to ${figure(high)}) and ${asked}`;
  return { ...finding, verdict, reason: `${measured}: ${endOf(verdict, limit, { metric, confidence })}` };
}

/** Whether the interval clears the limit, lies wholly beyond it, or holds it. */
function verdictOf({ side, limit }: Limit, low: number, high: number): Verdict {
  if (side === 'min') return low >= limit ? 'pass' : high < limit ? 'fail' : 'inconclusive';
  return high <= limit ? 'pass' : low > limit ? 'fail' : 'inconclusive';
}

function endOf(verdict: Verdict, limit: Limit, measured: { readonly metric: Metric; readonly confidence: number }): string {
  if (verdict === 'pass') return 'the whole interval keeps the limit';
  if (verdict === 'fail') return 'the whole interval breaks it';
  const rows = rowsToDecide(limit, measured);
  return rows === null ? 'the interval holds the limit' : `the interval holds the limit; about ${count(rows)} rows would decide`;
}

/** Rows at which the bound would clear the limit with 80 % power if the value stayed; null when it is on the wrong side or too many. */
function rowsToDecide(
  { side, limit }: Limit,
  { metric, confidence }: { readonly metric: Metric; readonly confidence: number },
): number | null {
  const effect = side === 'min' ? metric.value - limit : limit - metric.value;
  if (effect <= 0 || metric.low === null || metric.high === null) return null;
  const standardError = (metric.high - metric.low) / 2 / normalQuantile(confidence);
  const rows = metric.rows * (((normalQuantile(confidence) + normalQuantile(0.8)) * standardError) / effect) ** 2;
  return rows < 1e12 ? Math.ceil(rows) : null;
}
