import type { Experiment, ExperimentMetric } from '@tidegate/core';
import type { Json } from '@tidegate/formats';

/** Something that experiments have each in their own way: a line for each, a cell for each of them; null where one has none. */
export interface ExperimentLine<T> {
  readonly name: string;
  readonly cells: readonly (T | null)[];
}

/** Parameters in which experiments differ; with one alone all that it has. */
export function differentParameters(experiments: readonly Experiment[]): readonly ExperimentLine<Json>[] {
  const lines = linesOf(experiments.map(({ parameters }) => new Map(Object.entries(parameters))));
  const isSame = ({ cells }: ExperimentLine<Json>): boolean => cells.every((cell) => JSON.stringify(cell) === JSON.stringify(cells[0]));
  return experiments.length === 1 ? lines : lines.filter((line) => !isSame(line));
}

/** Metrics of all experiments. */
export function metricLines(experiments: readonly Experiment[]): readonly ExperimentLine<ExperimentMetric>[] {
  return linesOf(experiments.map(({ metrics }) => new Map(metrics.map((metric) => [metric.name, metric]))));
}

function linesOf<T>(columns: readonly ReadonlyMap<string, T>[]): readonly ExperimentLine<T>[] {
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  return names.map((name) => ({ name, cells: columns.map((column) => column.get(name) ?? null) }));
}

/** A value of a parameter as one would write it. */
export function parameterWords(value: Json | null): string {
  return value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}
