import type { Curve } from '@tidegate/formats';
import type { Sample } from './sample.ts';
import { sortedQuantile } from './sorted.ts';
import { wilsonEstimate } from './wilson.ts';

const maxPoints = 200;

/** What to draw of a sample: for two classes ROC, calibration and the scores of each class, for several labels calibration, for regression residuals and predictions. */
export function curvesOf(sample: Sample): readonly Curve[] {
  if (sample.truth.length === 0) return [];
  switch (sample.task) {
    case 'binary':
      return [rocCurve(sample), calibrationCurve(sample), ...scoreCurves(sample)];
    case 'regression':
      return [residualCurve(sample), predictedActual(sample)];
    case 'multilabel':
      return [calibrationCurve(sample)];
    case 'multiclass':
      return [];
  }
}

/** True against false positive rate over every threshold, thinned evenly. */
function rocCurve({ truth, prediction }: Sample): Curve {
  const order = Int32Array.from(prediction.keys()).sort((a, b) => (prediction[b] ?? 0) - (prediction[a] ?? 0));
  const x = [0];
  const y = [0];
  let falsePositives = 0;
  let truePositives = 0;
  order.forEach((row, rank) => {
    if (truth[row] === 1) truePositives++;
    else falsePositives++;
    if (prediction[row] === prediction[order[rank + 1] ?? -1]) return;
    x.push(falsePositives);
    y.push(truePositives);
  });
  const rates = (counts: readonly number[], all: number): readonly number[] => thin(counts).map((count) => (all === 0 ? 0 : count / all));
  return { name: 'roc', x: rates(x, falsePositives), y: rates(y, truePositives) };
}

/** Mean probability against the share of positives, with Wilson's interval, in ten bins of equal width; empty bins are left out. Of several labels every label of every row counts. */
function calibrationCurve({ truth, prediction }: Sample): Curve {
  const bins = Array.from({ length: 10 }, () => ({ rows: 0, predicted: 0, positive: 0 }));
  prediction.forEach((probability, row) => {
    const bin = bins[binOf(probability, 0, 1, bins.length)];
    if (bin === undefined) return;
    bin.rows++;
    bin.predicted += probability;
    bin.positive += truth[row] ?? 0;
  });
  const filled = bins.filter((bin) => bin.rows > 0);
  const shares = filled.map((bin) => wilsonEstimate(bin.positive, bin.rows, 0.95));
  return {
    name: 'calibration',
    x: filled.map((bin) => bin.predicted / bin.rows),
    y: shares.map(({ value }) => value),
    rows: filled.map(({ rows }) => rows),
    low: shares.map(({ low, value }) => low ?? value),
    high: shares.map(({ high, value }) => high ?? value),
  };
}

function scoreCurves({ truth, prediction }: Sample): readonly Curve[] {
  const positive = histogram(
    prediction.filter((_, row) => truth[row] === 1),
    0,
    1,
    40,
  );
  const negative = histogram(
    prediction.filter((_, row) => truth[row] !== 1),
    0,
    1,
    40,
  );
  return [
    { name: 'scores-positive', ...positive },
    { name: 'scores-negative', ...negative },
  ];
}

/** Truth minus prediction; what lies beyond the outer half per cent is counted in the end bins. */
function residualCurve({ truth, prediction }: Sample): Curve {
  const residuals = truth.map((value, row) => value - (prediction[row] ?? Number.NaN));
  const sorted = residuals.slice().sort();
  return { name: 'residuals', ...histogram(residuals, sortedQuantile(sorted, 0.005), sortedQuantile(sorted, 0.995), 40) };
}

/** The rows at even steps of the true value. */
function predictedActual({ truth, prediction }: Sample): Curve {
  const order = thin([...Int32Array.from(truth.keys()).sort((a, b) => (truth[a] ?? 0) - (truth[b] ?? 0))]);
  return { name: 'predicted-actual', x: order.map((row) => truth[row] ?? 0), y: order.map((row) => prediction[row] ?? 0) };
}

/** Centres of equal bins, and the share of values in each. */
function histogram(
  values: Float64Array,
  from: number,
  until: number,
  bins: number,
): { readonly x: readonly number[]; readonly y: readonly number[] } {
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    const bin = binOf(value, from, until, bins);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {
    x: counts.map((_, bin) => from + ((bin + 0.5) * (until - from)) / bins),
    y: counts.map((count) => (values.length === 0 ? 0 : count / values.length)),
  };
}

function binOf(value: number, from: number, until: number, bins: number): number {
  if (until <= from) return 0;
  return Math.min(bins - 1, Math.max(0, Math.floor(((value - from) / (until - from)) * bins)));
}

/** At most 200 of the items at even steps, the first and the last among them. */
function thin<T>(items: readonly T[]): readonly T[] {
  if (items.length <= maxPoints) return items;
  const step = (items.length - 1) / (maxPoints - 1);
  return Array.from({ length: maxPoints }, (_, point) => Math.round(point * step)).flatMap((index) => items.slice(index, index + 1));
}
