import { duration, measured } from '../render/figures.ts';
import { badge } from './badge.ts';
import { type Html, html } from './html.ts';
import { intervalPlot } from './plots.ts';
import type { Report, RunReport } from './report.ts';

/** The head of a report of several runs: a table of them, and the primary metric over time. */
export function storySection(report: Report): Html {
  const measuredRuns = report.runs.flatMap((run, index) =>
    run.evaluations
      .slice(0, 1)
      .flatMap((evaluation) => evaluation.metrics.slice(0, 1).map((metric) => ({ run, number: index + 1, metric }))),
  );
  return html`<table><tr><th class="number">#</th><th>Change</th><th>Verdict</th><th class="number">Steps run</th><th class="number">Time</th><th>What came of it</th></tr>
${report.runs.map((run, index) => html`<tr><td class="number"><a href="#${run.run.id}">${index + 1}</a></td><td class="words">${run.run.subject ?? 'uncommitted changes'}</td><td>${badge(run.run.verdict)}</td><td class="number">${run.run.steps.filter((step) => step.status === 'done').length}</td><td class="number">${run.run.durationMs === null ? '' : duration(run.run.durationMs)}</td><td class="words">${outcome(report, run)}</td></tr>`)}</table>
${
  measuredRuns.length < 2
    ? null
    : html`<h3>${measuredRuns[0]?.metric.name} of each candidate on its test set</h3>${intervalPlot(
        measuredRuns.map(({ run, number, metric }) => ({
          name: `run ${number}`,
          value: metric.value,
          low: metric.low ?? metric.value,
          high: metric.high ?? metric.value,
          tone: run.run.verdict === 'pass' ? 'good' : 'bad',
          note: `${measured(metric.value)} ${run.run.verdict ?? ''}`,
        })),
        [],
      )}`
}`;
}

function outcome(report: Report, { run }: RunReport): string {
  const deployed = report.deployments.filter((one) => one.run === run.id && one.action === 'deploy').map((one) => one.environment);
  if (deployed.length > 0) return `live in ${deployed.join(', ')}`;
  const blocking = run.steps.flatMap((step) => step.evidence).filter((item) => item.blocking && item.verdict !== 'pass');
  const [first] = blocking;
  if (first !== undefined)
    return `stopped at ${first.subject}: ${first.reason}${blocking.length > 1 ? `, and ${blocking.length - 1} more` : ''}`;
  if (run.failure !== null) return `not deployed: ${run.failure.message}`;
  const failure = run.steps.find((step) => step.failure !== null);
  if (failure !== undefined) return `${failure.step} failed`;
  return run.steps.every((step) => step.status === 'hit') ? 'nothing to do' : 'passed the gate';
}
