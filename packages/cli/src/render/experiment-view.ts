import type { Experiment } from '@tidegate/core';
import { differentParameters, metricLines, parameterWords } from '../experiments/experiment-table.ts';
import { measured } from './figures.ts';
import { table } from './table.ts';
import { harmless, type Terminal } from './terminal.ts';

/** More parameters than these are not for a terminal; all of them are in `--json`. */
const mostShown = 30;

/** Experiments as rows: the run, the parameters in which they differ, the metrics. */
export function experimentLines(experiments: readonly Experiment[], { style }: Pick<Terminal, 'style'>): readonly string[] {
  if (experiments.length === 0) return ['No such run.'];
  const parameters = differentParameters(experiments).slice(0, mostShown);
  const metrics = metricLines(experiments);
  const head = ['run', 'verdict', ...parameters.map(({ name }) => name), ...metrics.map(({ name }) => name)];
  const rows = experiments.map(({ run, verdict }, index) => [
    run,
    verdict ?? 'none',
    ...parameters.map(({ cells }) => harmless(parameterWords(cells[index] ?? null))),
    ...metrics.map(({ cells }) => numberWords(cells[index]?.value)),
  ]);
  return table([head.map((name) => style('bold', harmless(name))), ...rows]);
}

function numberWords(value: number | undefined): string {
  return value === undefined ? '' : measured(value);
}
