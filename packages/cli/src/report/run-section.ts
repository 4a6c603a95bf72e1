import type { Evidence, StepRecord } from '@tidegate/formats';
import { originWords } from '../render/explanation-view.ts';
import { duration, measured, moment } from '../render/figures.ts';
import { foldItems } from '../render/fold-items.ts';
import { counted, reasonWords, runWords, shortName, statusWords } from '../render/words.ts';
import { badge } from './badge.ts';
import { changeOf } from './change.ts';
import { contractsSection } from './contracts-section.ts';
import { dataSection } from './data-section.ts';
import { dataTable } from './data-table.ts';
import { featuresSection } from './features-section.ts';
import { type Html, html } from './html.ts';
import { verdictBadge } from './model/evidence-table.ts';
import { modelSection } from './model/model-section.ts';
import { outcome, verdictOf } from './outcome.ts';
import { type Span, timeline } from './forest.ts';
import type { Report, RunReport } from './report.ts';

/** One run: what came of it, why, how long it took, and what was measured. In a story, `number` counts the runs and what another run measured is left to that one. */
export function runSection(
  report: RunReport,
  { number, deployments }: Pick<Report, 'deployments'> & { readonly number: number | null },
): Html {
  const { run } = report;
  const verdict = verdictOf(report);
  const steps = foldItems(run.steps);
  const nothingRan = run.steps.every((step) => step.status === 'hit');
  const shown = number === null ? report : onlyWhatRan(report);
  return html`<h2>${number === null ? '' : `${number}. `}${changeOf(run)} ${badge(verdict)}</h2>
<p class="summary ${verdict ?? 'none'}">${outcome(report, deployments)}.</p>
<p class="soft">Run <code>${run.id}</code> of commit <code>${run.commit?.slice(0, 12) ?? 'none'}</code>${run.subject === null ? '' : ` “${run.subject}”`}${run.dirty ? ' with uncommitted changes' : ''}, started ${moment(run.startedAt)}; it ${runWords[run.status]}${run.durationMs === null ? '' : ` after ${duration(run.durationMs)}`}.</p>
${nothingRan && number !== null ? html`<p>No step ran: every result is that of an earlier run.</p>` : [facts(report), decisions(steps)]}
${contractsSection(report.contracts)}
${nothingRan ? null : html`<h3>Steps</h3>${timeline(spansOf(steps))}`}
<details><summary>Every step and why it ran</summary>${stepTable(steps)}</details>
${shown.datasets.map((version) => dataSection(version, { evidence: run.steps.flatMap((step) => step.evidence), dependents: report.dependents[`data.${version.dataset}`] ?? [] }))}
${shown.features.map(featuresSection)}
${shown.evaluations.map((evaluation) => modelSection({ evaluation, evidence: evidenceOf(run, evaluation.model, report), costs: report.costs[evaluation.model] ?? [] }))}
${testTable(shown)}`;
}

function onlyWhatRan(report: RunReport): RunReport {
  const ran = new Set<string>(report.run.steps.filter((step) => step.status !== 'hit').map((step) => step.step));
  return {
    ...report,
    datasets: report.datasets.filter((one) => ran.has(`data.${one.dataset}`)),
    features: report.features.filter((one) => ran.has(`features.${one.service.name}`)),
    evaluations: report.evaluations.filter((one) => ran.has(`models.${one.model}`)),
    tests: report.tests.filter((one) => [`tests.${one.suite}`, `trials.${one.suite}`].some((step) => ran.has(step))),
  };
}

/** What was found about a model and the services that have it. */
function evidenceOf({ steps }: RunReport['run'], model: string, { costs }: RunReport): readonly Evidence[] {
  const subjects = new Set([`models.${model}`, ...(costs[model] ?? []).map(({ service }) => `services.${service}`)]);
  return steps.flatMap((step) => step.evidence.filter(({ subject }) => subjects.has(subject)));
}

/** The few figures that a reader looks for first. */
function facts({ run, evaluations, release }: RunReport): Html {
  const figures: (readonly [value: string, name: string])[] = evaluations.flatMap(({ model, metrics: [metric], champion }) => {
    if (metric === undefined) return [];
    const before = champion?.metrics.find((one) => one.name === metric.name);
    const own = [measured(metric.value), `${metric.name} of ${model}`] as const;
    return before === undefined ? [own] : [own, [measured(before.value), `${metric.name} of its champion`] as const];
  });
  if (release !== null) figures.push([shortName(release), 'release']);
  const ran = run.steps.filter((step) => step.status === 'done').length;
  figures.push([`${ran} of ${run.steps.length}`, 'steps ran']);
  if (run.durationMs !== null) figures.push([duration(run.durationMs), 'time']);
  return html`<div class="facts">${figures.map(([value, name]) => html`<div><b>${value}</b><span>${name}</span></div>`)}</div>`;
}

/** What stopped or passed the run, in the words of the evidence; warnings, which decide nothing, apart. */
function decisions(steps: readonly StepRecord[]): readonly (Html | null)[] {
  const evidence = steps.flatMap((step) => step.evidence);
  const deciding = evidence.filter(
    (item) =>
      (item.verdict !== 'pass' && item.blocking) || (item.verdict === 'pass' && ['comparison', 'leakage', 'limit'].includes(item.kind)),
  );
  const warnings = evidence.filter((item) => item.verdict !== 'pass' && !item.blocking);
  const failures = steps.filter((step) => step.failure !== null);
  const failed = failures.map((step): DecisionRow => [
    step.step,
    html`<span class="verdict fail">failed</span>`,
    step.failure?.message ?? '',
  ]);
  const table = decisionTable('What decided', [...failed, ...deciding.toSorted(byWeight).map(evidenceRow)]);
  return [
    table,
    warnings.length === 0
      ? null
      : html`<details><summary>${counted(warnings.length, 'warning')}, which ${warnings.length === 1 ? 'does' : 'do'} not block</summary>${decisionTable('Warnings', warnings.toSorted(byWeight).map(evidenceRow))}</details>`,
  ];
}

type DecisionRow = readonly [about: string, verdict: Html, why: string];

function decisionTable(caption: string, rows: readonly DecisionRow[]): Html | null {
  return dataTable(caption, [{ name: 'About' }, { name: 'Verdict' }, { name: 'Why', kind: 'words' }], rows);
}

function evidenceRow(item: Evidence): DecisionRow {
  return [item.subject, verdictBadge(item), item.reason];
}

function byWeight(a: Evidence, b: Evidence): number {
  const weight = (item: Evidence): number => ({ invalid: 0, fail: 1, inconclusive: 2, pass: 3 })[item.verdict];
  return weight(a) - weight(b);
}

function spansOf(steps: readonly StepRecord[]): readonly Span[] {
  return steps.map(({ step, status, startedAfterMs, durationMs }) => {
    const took = status === 'done' || status === 'failed';
    const span = took
      ? ({ start: startedAfterMs, end: startedAfterMs + durationMs, tone: status === 'done' ? 'candidate' : 'bad' } as const)
      : null;
    return { name: step, span, note: took ? duration(durationMs) : statusWords[status] };
  });
}

function stepTable(steps: readonly StepRecord[]): Html | null {
  const hit = ({ madeBy, from }: StepRecord): string => `same key as in run ${madeBy ?? ''}${from == null ? '' : originWords(from)}`;
  return dataTable(
    'Steps',
    [{ name: 'Step' }, { name: 'State' }, { name: 'Time', kind: 'number' }, { name: 'Why', kind: 'words' }],
    steps.map((step) => [
      step.step,
      statusWords[step.status],
      duration(step.durationMs),
      step.status === 'hit' ? hit(step) : whyWords(step),
    ]),
  );
}

function whyWords({ reasons }: StepRecord): string {
  const most = 20;
  const shown = reasons.slice(0, most).map(reasonWords).join('; ');
  return reasons.length > most ? `${shown}; and ${reasons.length - most} more` : shown;
}

function testTable({ tests }: RunReport): Html | null {
  if (tests.length === 0) return null;
  const failed = tests.flatMap((report) =>
    report.cases.filter((one) => one.outcome === 'failed').map((one) => ({ suite: report.suite, ...one })),
  );
  return html`<h3>Tests</h3>${dataTable(
    'Tests',
    [{ name: 'Suite' }, ...['Passed', 'Failed', 'Skipped'].map((name) => ({ name, kind: 'number' as const }))],
    tests.map((report) => [report.suite, report.passed, report.failed, report.skipped]),
  )}
${failed.map((one) => html`<p><b>${one.suite}: ${one.name}</b><br><code>${one.message}</code></p>`)}`;
}
