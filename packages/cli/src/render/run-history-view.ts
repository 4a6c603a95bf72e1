import type { RunInBrief } from '@tidegate/core';
import type { RunRecord, StepRecord, StepStatus } from '@tidegate/formats';
import { evidenceLines } from './evidence-lines.ts';
import { duration, moment } from './figures.ts';
import { table } from './table.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted, reasonWords, runWords, statusWords, verdictStyle } from './words.ts';

type Styled = Pick<Terminal, 'style'>;

/** A line for each run, the newest first. */
export function runList(runs: readonly RunInBrief[], terminal: Styled): readonly string[] {
  if (runs.length === 0) return ['No such run.'];
  return table(
    runs.map((run) => [
      run.id,
      run.verdict === null ? '' : terminal.style(verdictStyle[run.verdict], run.verdict),
      runWords[run.status],
      run.durationMs === null ? '' : duration(run.durationMs),
      ranWords(run),
      `to ${run.goal}`,
      revisionWords(run),
      harmless(run.subject ?? ''),
    ]),
  );
}

function ranWords({ steps: { all, ran, failed } }: RunInBrief): string {
  if (all === 0) return '';
  return `${ran} of ${counted(all, 'step')} ran${failed === 0 ? '' : `, ${failed} failed`}`;
}

/** `main 3f2a9c1d+`: a plus where files differed from the commit. */
export function revisionWords({ branch, commit, dirty }: Pick<RunInBrief, 'branch' | 'commit' | 'dirty'>): string {
  return `${branch === null ? '' : `${harmless(branch)} `}${commit?.slice(0, 8) ?? 'no commit'}${dirty ? '+' : ''}`;
}

/** How many steps of one status are shown one by one. */
const mostSteps = 40;
const order: readonly StepStatus[] = ['failed', 'blocked', 'cancelled', 'skipped', 'done', 'hit'];

/** A run with what became of its steps: what went wrong first, and what is unchanged as a count. */
export function runLines(run: RunRecord, terminal: Styled): readonly string[] {
  const time = run.durationMs === null ? '' : ` in ${duration(run.durationMs)}`;
  const verdict = run.verdict === null ? '' : `, verdict ${terminal.style(verdictStyle[run.verdict], run.verdict)}`;
  return [
    `${terminal.style('bold', run.id)} ${runWords[run.status]}${time}${verdict}`,
    `  ${moment(run.startedAt)}, to ${run.goal}, ${revisionWords(run)}${run.subject === null ? '' : `: ${harmless(run.subject)}`}`,
    ...order.flatMap((status) =>
      stepsOf(
        run.steps.filter((step) => step.status === status),
        terminal,
      ),
    ),
    ...(run.failure === null ? [] : [`  ${terminal.style('red', run.failure.code)}: ${harmless(run.failure.message)}`]),
  ];
}

function stepsOf(steps: readonly StepRecord[], terminal: Styled): readonly string[] {
  const silent = steps.filter(isSilent);
  const told = steps.filter((step) => !isSilent(step));
  const more = told.length - mostSteps;
  return [
    ...told.slice(0, mostSteps).flatMap((step) => stepLines(step, terminal)),
    ...(more > 0 ? [`  … and ${counted(more, 'step')} more ${statusWords[told[0]?.status ?? 'hit']}`] : []),
    ...(silent.length === 0 ? [] : [terminal.style('dim', `  ${counted(silent.length, 'step')} unchanged`)]),
  ];
}

/** Unchanged, and with nothing that anybody must know. */
function isSilent({ status, evidence }: StepRecord): boolean {
  return status === 'hit' && evidence.every(({ verdict }) => verdict === 'pass');
}

function stepLines(step: StepRecord, terminal: Styled): readonly string[] {
  const ran = step.status === 'done' || step.status === 'failed';
  const why = step.reasons.length === 0 ? '' : terminal.style('dim', ` (${step.reasons.slice(0, 3).map(reasonWords).join('; ')})`);
  return [
    `  ${step.step}: ${statusWords[step.status]}${ran ? `, ${duration(step.durationMs)}` : ''}${why}`,
    ...evidenceLines(step.evidence, terminal),
    ...(step.failure === null ? [] : [`      ${terminal.style('red', step.failure.code)}: ${harmless(step.failure.message)}`]),
  ];
}
