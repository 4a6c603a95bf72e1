import type { Graph } from './graph.ts';
import type { Outcome, Scenario } from './scenarios.ts';

/** Everything that one tool did with one graph, round by round. */
export interface Measured {
  readonly name: string;
  readonly shape: Graph['shape'];
  readonly steps: number;
  readonly rounds: readonly (readonly Outcome[])[];
}

const columns: readonly (readonly [title: string, cell: (measured: Measured) => string])[] = [
  ['cold, CPU ms a step', (measured) => wrongIn(measured, 'cold') ?? ((median(measured, 'cold', cpu) / measured.steps) * 1000).toFixed(1)],
  ['cold, wall s', (measured) => (wrongIn(measured, 'cold') === null ? seconds(median(measured, 'cold', wall)) : none)],
  ['memory, MB', (measured) => (median(measured, 'cold', (outcome) => outcome.peakBytes) / 1e6).toFixed(0)],
  ['no-op, CPU s', (measured) => seconds(median(measured, 'no-op', cpu))],
  ['no-op, wall s', (measured) => seconds(median(measured, 'no-op', wall))],
  ['touched: ran', (measured) => ran(measured, 'touch')],
  ['a leaf changed: ran, CPU s', (measured) => `${ran(measured, 'leaf')}, ${seconds(median(measured, 'leaf', cpu))}`],
  ['a comment of the root: ran', (measured) => ran(measured, 'comment')],
  ['outputs deleted: ran, CPU s', (measured) => `${ran(measured, 'deleted')}, ${seconds(median(measured, 'deleted', cpu))}`],
  ['killed half-way, then: ran', (measured) => ran(measured, 'crash')],
];

/** A table for one graph, a row for each tool; the first tool is what the others are compared with. */
export function tableOf(all: readonly Measured[]): string {
  const [first] = all;
  const heads = ['tool', ...columns.map(([title]) => title), 'CPU of the first: cold, no-op'];
  const rows = all.map((measured) => [measured.name, ...columns.map(([, cell]) => cell(measured)), first ? ratios(measured, first) : '']);
  return [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function ratios(measured: Measured, first: Measured): string {
  if (wrongIn(measured, 'cold') !== null) return none;
  return (['cold', 'no-op'] as const).map((scenario) => times(median(measured, scenario, cpu) / median(first, scenario, cpu))).join(', ');
}

const times = (ratio: number): string => (Number.isNaN(ratio) ? none : `${ratio < 10 ? ratio.toPrecision(2) : ratio.toFixed(0)} x`);
const cpu = (outcome: Outcome): number => outcome.cpuSeconds;
const wall = (outcome: Outcome): number => outcome.wallSeconds;
const seconds = (value: number): string => (Number.isNaN(value) ? none : value < 10 ? value.toFixed(2) : value.toFixed(1));

/** What every round had, and what went wrong in any. */
function ran(measured: Measured, scenario: Scenario): string {
  if (of(measured, scenario).length === 0) return none;
  const wrong = wrongIn(measured, scenario);
  return `${median(measured, scenario, (outcome) => outcome.ran)}${wrong === null ? '' : ` ${wrong}`}`;
}

function wrongIn(measured: Measured, scenario: Scenario): string | null {
  const wrong = of(measured, scenario).find((outcome) => outcome.wrong !== null)?.wrong ?? null;
  return wrong === null ? null : `**(${wrong})**`;
}

/** Of what was not measured. */
const none = '–';

export function median(measured: Measured, scenario: Scenario, pick: (outcome: Outcome) => number): number {
  const sorted = of(measured, scenario)
    .map(pick)
    .toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

function of({ rounds }: Measured, scenario: Scenario): readonly Outcome[] {
  return rounds.flat().filter((outcome) => outcome.scenario === scenario);
}
