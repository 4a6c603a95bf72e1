import type { Deployment, Evaluation } from '@tidegate/formats';
import { duration, measured, moment } from '../render/figures.ts';
import { counted, shortName } from '../render/words.ts';
import { badge, verdictTone } from './badge.ts';
import { changeOf } from './change.ts';
import { type Html, html } from './html.ts';
import { outcome, verdictOf } from './outcome.ts';
import { intervalPlot } from './forest.ts';
import type { Report } from './report.ts';

/** The head of a report of several runs: what is live, a table of the runs, and the first metric of every model over them. */
export function storySection(report: Report): Html {
  return html`<p class="summary">${counted(report.runs.length, 'run')}. ${liveNow(report.deployments)}</p>
<table><tr><th class="number">#</th><th>What changed</th><th>Verdict</th><th class="number">Steps run</th><th class="number">Time</th><th>What came of it</th></tr>
${report.runs.map(({ run, contracts }, index) => html`<tr><td class="number"><a href="#${run.id}">${index + 1}</a></td><td class="words">${changeOf(run)}</td><td>${badge(verdictOf({ run, contracts }))}</td><td class="number">${run.steps.filter((step) => step.status === 'done').length}</td><td class="number">${run.durationMs === null ? '' : duration(run.durationMs)}</td><td class="words">${outcome({ run, contracts }, report.deployments)}</td></tr>`)}</table>
${metricPlots(report)}`;
}

function liveNow(deployments: readonly Deployment[]): string {
  const last = new Map(deployments.toSorted((a, b) => a.sequence - b.sequence).map((one) => [`${one.environment}/${one.service}`, one]));
  const live = [...last.values()].filter((one) => one.release !== null);
  if (live.length === 0) return 'Nothing is live.';
  return live
    .map((one) => `Live in ${one.environment}: ${one.service}, release ${shortName(one.release)}, since ${moment(one.at)}.`)
    .join(' ');
}

interface Measured {
  readonly evaluation: Evaluation;
  /** Of the run, from 1. */
  readonly number: number;
}

function metricPlots({ runs }: Report): readonly Html[] {
  const all = runs.flatMap(({ run, evaluations }, index) =>
    evaluations
      .filter(({ model }) => run.steps.some((step) => step.step === `models.${model}` && step.status === 'done'))
      .map((evaluation): Measured => ({ evaluation, number: index + 1 })),
  );
  const byModel = Map.groupBy(all, ({ evaluation }) => evaluation.model);
  return [...byModel].filter(([, measuredRuns]) => measuredRuns.length > 1).map(([model, measuredRuns]) => metricPlot(model, measuredRuns));
}

function metricPlot(model: string, measuredRuns: readonly Measured[]): Html {
  const [first] = measuredRuns[0]?.evaluation.metrics ?? [];
  const metricName = first?.name ?? '';
  const intervals = measuredRuns.flatMap(({ evaluation, number }) =>
    evaluation.metrics.slice(0, 1).map((metric) => ({
      name: `run ${number}`,
      value: metric.value,
      low: metric.low ?? metric.value,
      high: metric.high ?? metric.value,
      tone: verdictTone[evaluation.verdict],
      note: `${measured(metric.value)}, ${evaluation.verdict}`,
    })),
  );
  return html`<h3>${metricName} of each candidate for ${model}, each on the test set of its run</h3>${intervalPlot(intervals, { axis: `${metricName} (dot) with its ${Math.round((first?.confidence ?? 0.95) * 100)} % interval`, guides: [] })}`;
}
