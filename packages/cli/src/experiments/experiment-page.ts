import type { Experiment, ExperimentMetric } from '@tidegate/core';
import { measured, moment } from '../render/figures.ts';
import { type Html, html, raw } from '../report/html.ts';
import { intervalPlot } from '../report/forest.ts';
import { type Tone } from '../report/plot-frame.ts';
import { legend, linePlot } from '../report/plots.ts';
import { styleSheet } from '../report/style.ts';
import { differentParameters, type ExperimentLine, metricLines, parameterWords } from './experiment-table.ts';

/** Experiments side by side as one HTML page: what was set differently, what came of it, with plots; no script, nothing loaded from elsewhere. */
export function experimentPage(project: string, experiments: readonly Experiment[]): string {
  const title = `${project}: ${experiments.length === 2 ? 'two runs' : `${experiments.length} runs`} compared`;
  const head = html`<tr><th></th>${experiments.map(({ run }) => html`<th>${run}</th>`)}</tr>`;
  const parameters = differentParameters(experiments);
  const metrics = metricLines(experiments);
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${title}</title><style>${raw(styleSheet)}</style></head><body><main>
<h1>${title}</h1>
<div class="scroll"><table>${head}
<tr><th>began</th>${experiments.map(({ startedAt }) => html`<td>${moment(startedAt)}</td>`)}</tr>
<tr><th>commit</th>${experiments.map(({ commit, dirty }) => html`<td><code>${commit?.slice(0, 8) ?? 'none'}${dirty ? '+' : ''}</code></td>`)}</tr>
<tr><th>verdict</th>${experiments.map(({ verdict }) => html`<td>${verdict ?? 'none'}</td>`)}</tr></table></div>
<h2>Parameters that differ</h2>
${parameters.length === 0 ? html`<p class="soft">None that is recorded.</p>` : html`<div class="scroll"><table>${head}${parameters.map(({ name, cells }) => html`<tr><th>${name}</th>${cells.map((cell) => html`<td>${parameterWords(cell)}</td>`)}</tr>`)}</table></div>`}
<h2>Metrics</h2>
${metrics.map((line) => metricPlot(line, experiments))}
${curvePlots(experiments)}
</main></body></html>`;
  return `${page.markup}\n`;
}

function metricPlot({ name, cells }: ExperimentLine<ExperimentMetric>, experiments: readonly Experiment[]): Html {
  const intervals = cells.flatMap((metric, index) => {
    if (metric === null) return [];
    const { value, low, high } = metric;
    const note = low === null || high === null ? measured(value) : `${measured(value)} (${measured(low)} to ${measured(high)})`;
    return [{ name: experiments[index]?.run ?? '', value, low: low ?? value, high: high ?? value, tone: toneOf(index), note }];
  });
  const better = cells.find((metric) => metric !== null)?.higherIsBetter ?? null;
  const axis = `${name}${better === null ? '' : better ? ', higher is better' : ', lower is better'}`;
  return html`<h3>${name}</h3>${intervalPlot(intervals, { axis, guides: [] })}`;
}

const tones: readonly Tone[] = ['champion', 'candidate', 'good', 'doubt', 'bad', 'plain'];

function toneOf(index: number): Tone {
  return tones[index % tones.length] ?? 'plain';
}

/** Curves of the same model and kind over one another, for as many runs as there are tones. */
function curvePlots(experiments: readonly Experiment[]): Html | null {
  const shown = experiments.slice(0, tones.length);
  const groups = Map.groupBy(
    shown.flatMap(({ run, curves }, index) => curves.map(({ model, curve }) => ({ run, index, model, curve }))),
    ({ model, curve }) => `${model}: ${curve.name}`,
  );
  const lines = [...groups].filter(([, group]) => group[0]?.curve.name !== 'predicted-actual');
  if (lines.length === 0) return null;
  const caption = legend(shown.map(({ run }, index) => ({ tone: toneOf(index), name: run })));
  return html`<h2>Curves</h2><p>${caption}</p><div class="plots">${lines.map(([title, group]) =>
    linePlot(
      group.map(({ run, index, curve: { x, y } }) => ({ name: run, x, y, tone: toneOf(index) })),
      { title, x: '', y: '' },
    ),
  )}</div>`;
}
