import type { Curve, Evaluation, Metric } from '@tidegate/formats';
import { measured, whole } from '../render/figures.ts';
import { shortName } from '../render/words.ts';
import { badge, verdictTone } from './badge.ts';
import { type Html, html } from './html.ts';
import { dotPlot, intervalPlot, legend, linePlot } from './plots.ts';

/** The evaluation of a model: metrics with intervals, curves, the comparison with the champion, slices. */
export function modelSection(evaluation: Evaluation): Html {
  const { champion } = evaluation;
  return html`<h3>Model: ${evaluation.model} ${badge(evaluation.verdict)}</h3>
<p>Version <code>${shortName(evaluation.modelVersion)}</code> on ${whole(evaluation.rows)} rows of the test set.
${champion === null ? 'No champion to compare with.' : `The champion, version ${shortName(champion.modelVersion)} of release ${shortName(champion.release)}, was scored again on the same rows${evaluation.rowsExcluded > 0 ? `; ${whole(evaluation.rowsExcluded)} rows it was trained on are left out` : ''}.`}</p>
${metricTable(evaluation)}
${baselineTable(evaluation)}
${plots(evaluation.curves)}
${comparisons(evaluation)}
${slices(evaluation)}`;
}

function metricTable({ metrics, champion }: Evaluation): Html {
  const before = new Map((champion?.metrics ?? []).map((metric) => [metric.name, metric]));
  const interval = (metric: Metric | undefined): string =>
    metric === undefined
      ? ''
      : `${measured(metric.value)}${metric.low === null || metric.high === null ? '' : ` (${measured(metric.low)} to ${measured(metric.high)})`}`;
  return html`<table><tr><th>Metric</th><th>Candidate (${Math.round((metrics[0]?.confidence ?? 0.95) * 100)} % interval)</th>${champion === null ? null : html`<th>Champion</th>`}<th>Better is</th><th>Method</th></tr>
${metrics.map((metric) => html`<tr><td>${metric.name}</td><td class="number">${interval(metric)}</td>${champion === null ? null : html`<td class="number">${interval(before.get(metric.name))}</td>`}<td>${metric.higherIsBetter ? 'higher' : 'lower'}</td><td>${metric.method}</td></tr>`)}</table>`;
}

/** What a constant, a linear model and the last value do on the same rows, so that a model that beats nothing is seen. */
function baselineTable({ baselines = [], metrics }: Evaluation): Html | null {
  if (baselines.length === 0) return null;
  const names = metrics.map(({ name }) => name);
  return html`<table><tr><th>Baseline</th>${names.map((name) => html`<th>${name}</th>`)}<th>The model is better by</th></tr>
${baselines.map(({ name, metrics: own, comparison }) => html`<tr><td>${name}</td>${names.map((metric) => html`<td class="number">${figureOf(own, metric)}</td>`)}<td class="number">${comparison === null ? '' : `${signed(comparison.difference)} in ${comparison.metric} (${signed(comparison.low)} to ${signed(comparison.high)})`}</td></tr>`)}</table>`;
}

function figureOf(metrics: readonly Metric[], name: string): string {
  const found = metrics.find((metric) => metric.name === name);
  return found === undefined ? '' : measured(found.value);
}

function plots(curves: readonly Curve[]): Html {
  const find = (name: Curve['name']): Curve | undefined => curves.find((curve) => curve.name === name);
  const [roc, calibration, positive, negative, residuals, actual] = [
    find('roc'),
    find('calibration'),
    find('scores-positive'),
    find('scores-negative'),
    find('residuals'),
    find('predicted-actual'),
  ];
  const unit: readonly [number, number] = [0, 1];
  const labels = legend([
    { tone: 'bad', name: 'label is positive' },
    { tone: 'champion', name: 'label is negative' },
  ]);
  return html`<div class="plots">
${roc && linePlot([{ ...roc, name: 'ROC', tone: 'candidate' }], { title: 'ROC curve', x: 'false positive rate', y: 'true positive rate', diagonal: true, xRange: unit, yRange: unit })}
${calibration && dotPlot([{ ...calibration, name: 'Calibration', tone: 'candidate' }], { title: 'Calibration', x: 'predicted probability', y: 'observed share', diagonal: true, xRange: unit, yRange: unit })}
${
  positive &&
  negative &&
  linePlot(
    [
      { ...positive, name: 'positive', tone: 'bad' },
      { ...negative, name: 'negative', tone: 'champion' },
    ],
    { title: 'Scores by true label', x: 'predicted probability', y: 'share of rows', xRange: unit, caption: labels },
  )
}
${actual && dotPlot([{ ...actual, name: 'rows', tone: 'candidate' }], { title: 'Predicted against actual', x: 'actual', y: 'predicted', diagonal: true })}
${residuals && linePlot([{ ...residuals, name: 'residuals', tone: 'candidate' }], { title: 'Residuals', x: 'actual − predicted', y: 'share of rows' })}
</div>`;
}

function comparisons({ comparisons: list }: Evaluation): Html | null {
  if (list.length === 0) return null;
  const { metric = '', margin = 0 } = list[0] ?? {};
  return html`<h3>Candidate against champion, on the same rows</h3>
${intervalPlot(
  list.map((one) => ({
    name: one.metric,
    value: one.difference,
    low: one.low,
    high: one.high,
    tone: verdictTone[one.verdict],
    note: `${one.verdict}: ${signed(one.difference)} (${signed(one.low)} to ${signed(one.high)})`,
  })),
  {
    axis: `difference in ${metric}: candidate − champion, with its interval`,
    guides: [
      { at: 0, name: 'equal' },
      { at: -margin, name: `margin −${margin}` },
    ],
  },
)}<p class="soft">Right of 0 the candidate is better. It passes when the whole interval lies right of the margin. If not, it fails when the interval lies left of 0, and is inconclusive otherwise.</p>`;
}

function slices({ sliceComparisons, slices: own }: Evaluation): Html | null {
  if (sliceComparisons.length > 0) {
    const { metric = '', margin = 0 } = sliceComparisons[0] ?? {};
    return html`<details open><summary>Slices against the champion</summary>${intervalPlot(
      sliceComparisons.map((one) => ({
        name: `${one.column} = ${one.value}`,
        value: one.difference,
        low: one.low,
        high: one.high,
        tone: verdictTone[one.verdict],
        note: `${one.verdict}, ${whole(one.rows)} rows`,
      })),
      {
        axis: `difference in ${metric}: candidate − champion, with its interval`,
        guides: [
          { at: 0, name: 'equal' },
          { at: -margin, name: `margin −${margin}` },
        ],
      },
    )}</details>`;
  }
  const primary = own.flatMap((slice) => slice.metrics.slice(0, 1).map((metric) => ({ slice, metric })));
  if (primary.length === 0) return null;
  return html`<details open><summary>${primary[0]?.metric.name} by slice</summary>${intervalPlot(
    primary.map(({ slice, metric }) => ({
      name: `${slice.column} = ${slice.value}`,
      value: metric.value,
      low: metric.low ?? metric.value,
      high: metric.high ?? metric.value,
      tone: 'candidate',
      note: `${measured(metric.value)}, ${whole(slice.rows)} rows`,
    })),
    { axis: `${primary[0]?.metric.name ?? ''} with its interval`, guides: [] },
  )}</details>`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${measured(Math.abs(value))}`;
}
