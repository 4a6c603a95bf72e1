import type { TriedService } from '@tidegate/core';
import type { Evidence, MeasuredServing } from '@tidegate/formats';
import { bytes, duration, whole } from '../../render/figures.ts';
import { dataTable } from '../data-table.ts';
import { type Html, html } from '../html.ts';
import { legend, overlaidHistogram } from '../plots.ts';
import { evidenceTable } from './evidence-table.ts';

/** What serving the model costs: as it was measured in trials, and what limits say of it. */
export function costPart(evidence: readonly Evidence[], costs: readonly TriedService[]): Html | null {
  if (evidence.length === 0 && costs.length === 0) return null;
  return html`${costs.map(costOf)}${evidenceTable('Limits on what serving costs', evidence)}`;
}

function costOf({ service, cost: { candidate, champion, machine, batch } }: TriedService): Html {
  const lines = servingLines(candidate);
  const theirs = champion === null ? [] : servingLines(champion);
  const table = dataTable(
    `What serving ${service} costs`,
    [
      { name: service },
      { name: 'Candidate', kind: 'number' },
      ...(champion === null ? [] : [{ name: 'Champion', kind: 'number' as const }]),
    ],
    lines.map(({ name, value }) => [name, value, ...(champion === null ? [] : [theirs.find((one) => one.name === name)?.value ?? ''])]),
  );
  return html`${table}${latencyPlot(candidate, champion)}<p class="soft">Measured on ${machine}${batch === null ? '' : `, ${whole(batch)} rows a request`}${champion === null ? '' : ', in turns with the champion'}.</p>`;
}

/** What one release was measured to cost, in words; what was not measured is no line. */
export function servingLines({
  coldStartMs,
  peakBytes,
  latencyMs,
}: MeasuredServing): readonly { readonly name: string; readonly value: string }[] {
  const of = (name: string, values: readonly number[], share: number, words: (value: number) => string) =>
    values.length === 0 ? [] : [{ name, value: words(quantileOf(values, share)) }];
  return [
    ...of('cold start, median', coldStartMs, 0.5, duration),
    ...of('peak memory, median', peakBytes, 0.5, bytes),
    ...of('latency, median', latencyMs, 0.5, duration),
    ...of('latency, 99th percentile', latencyMs, 0.99, duration),
    ...(latencyMs.length === 0 ? [] : [{ name: 'requests', value: whole(latencyMs.length) }]),
  ];
}

/** The value that so large a share of the values does not exceed. */
function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** Latencies beside each other, without the slowest hundredth, which would make all else one bin. */
function latencyPlot({ latencyMs: own }: MeasuredServing, champion: MeasuredServing | null): Html | null {
  const theirs = champion?.latencyMs ?? [];
  if (own.length < 30 || theirs.length < 30) return null;
  const bins = 24;
  const high = Math.max(quantileOf(own, 0.99), quantileOf(theirs, 0.99));
  const low = Math.min(...own, ...theirs);
  const shares = (values: readonly number[]): readonly number[] => {
    const counts = Array.from({ length: bins }, () => 0);
    for (const value of values) {
      const bin = Math.min(bins - 1, Math.floor(((value - low) / (high - low || 1)) * bins));
      if (value <= high) counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return counts.map((count) => count / values.length);
  };
  const caption = legend([
    { tone: 'champion', name: 'champion' },
    { tone: 'candidate', name: 'candidate' },
  ]);
  return html`<div class="plots">${overlaidHistogram({ low, high, reference: shares(theirs), current: shares(own) }, { title: 'Latency of a request, ms', names: ['champion', 'candidate'] })}</div><p>${caption}</p>`;
}
