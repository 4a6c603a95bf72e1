import type { Evidence, RunRecord, StepRecord } from '@tidegate/formats';
import { duration } from '../render/figures.ts';
import { reasonWords, runWords, statusWords } from '../render/words.ts';
import { badge } from './badge.ts';
import { dataSection } from './data-section.ts';
import { featuresSection } from './features-section.ts';
import { type Html, html } from './html.ts';
import { modelSection } from './model-section.ts';
import { timeline, type Tone } from './plots.ts';
import type { RunReport } from './report.ts';

/** One run: what happened, why, how long it took, and what was measured. */
export function runSection(report: RunReport, number: number | null): Html {
  const { run } = report;
  const ran = run.steps.filter((step) => step.status === 'done' || step.status === 'failed');
  return html`<h2>${number === null ? '' : `${number}. `}${run.subject ?? 'Uncommitted changes'} ${badge(run.verdict)}</h2>
<p class="soft">Run <code>${run.id}</code> of commit <code>${run.commit?.slice(0, 12) ?? 'none'}</code>${run.dirty ? ' with uncommitted changes' : ''}, started ${run.startedAt}; it ${runWords[run.status]}${run.durationMs === null ? '' : ` after ${duration(run.durationMs)}`}.</p>
${decisions(run)}
${ran.length === 0 ? html`<p>Nothing had changed: no step ran.</p>` : html`<h3>Steps</h3>${timeline(spansOf(run.steps))}`}
<details><summary>Every step and why it ran</summary>${stepTable(run.steps)}</details>
${report.datasets.map((version) => dataSection(version, report.dependents))}
${report.features.map(featuresSection)}
${report.evaluations.map(modelSection)}
${testTable(report)}`;
}

/** What stopped or passed the run, in the words of the evidence. */
function decisions({ steps, failure }: RunRecord): Html | null {
  const evidence = steps.flatMap((step) => step.evidence);
  const telling = evidence.filter(
    (item) => item.verdict !== 'pass' || item.kind === 'comparison' || item.kind === 'leakage' || item.kind === 'limit',
  );
  const failures = steps.filter((step) => step.failure !== null);
  if (telling.length === 0 && failures.length === 0 && failure === null) return null;
  return html`<table><tr><th>Verdict</th><th>About</th><th>Why</th></tr>
${failure === null ? null : html`<tr><td><span class="verdict fail">failed</span></td><td>deployment</td><td class="words">${failure.message}</td></tr>`}
${failures.map((step) => html`<tr><td><span class="verdict fail">failed</span></td><td>${step.step}</td><td class="words">${step.failure?.message}</td></tr>`)}
${telling.toSorted(byWeight).map((item) => html`<tr><td>${badge(item.verdict)}</td><td>${item.subject}</td><td class="words">${item.reason}${item.verdict !== 'pass' && !item.blocking ? html` <small>(a warning: it does not block)</small>` : null}</td></tr>`)}</table>`;
}

function byWeight(a: Evidence, b: Evidence): number {
  const weight = (item: Evidence): number => ({ invalid: 0, fail: 1, inconclusive: 2, pass: 3 })[item.verdict] + (item.blocking ? 0 : 0.5);
  return weight(a) - weight(b);
}

function spansOf(steps: readonly StepRecord[]): readonly { name: string; start: number; end: number; tone: Tone; note: string }[] {
  const tones = { hit: 'plain', done: 'candidate', failed: 'bad', blocked: 'doubt', cancelled: 'doubt' } as const;
  return steps.map((step) => ({
    name: step.step,
    start: step.startedAfterMs,
    end: step.startedAfterMs + step.durationMs,
    tone: tones[step.status],
    note: step.status === 'done' || step.status === 'failed' ? duration(step.durationMs) : statusWords[step.status],
  }));
}

function stepTable(steps: readonly StepRecord[]): Html {
  return html`<table><tr><th>Step</th><th>State</th><th class="number">Time</th><th>Why</th></tr>
${steps.map((step) => html`<tr><td>${step.step}</td><td>${statusWords[step.status]}</td><td class="number">${duration(step.durationMs)}</td><td class="words">${step.status === 'hit' ? `same key as in run ${step.madeBy ?? ''}` : step.reasons.map(reasonWords).join('; ')}</td></tr>`)}</table>`;
}

function testTable({ tests }: RunReport): Html | null {
  if (tests.length === 0) return null;
  const failed = tests.flatMap((report) =>
    report.cases.filter((one) => one.outcome === 'failed').map((one) => ({ suite: report.suite, ...one })),
  );
  return html`<h3>Tests</h3><table><tr><th>Suite</th><th class="number">Passed</th><th class="number">Failed</th><th class="number">Skipped</th></tr>
${tests.map((report) => html`<tr><td>${report.suite}</td><td class="number">${report.passed}</td><td class="number">${report.failed}</td><td class="number">${report.skipped}</td></tr>`)}</table>
${failed.map((one) => html`<p><b>${one.suite}: ${one.name}</b><br><code>${one.message}</code></p>`)}`;
}
